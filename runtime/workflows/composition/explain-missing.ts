import { nearestName } from "../../nearest-name.ts";
import { derive, isProducedBy, type Want, wantsOf } from "./derive.ts";
import type { Template } from "./template.ts";

/** An artifact that cannot be had, and who wants it. */
export interface MissingArtifact {
  artifact: string;
  /** Tasks that want it; the goal is `goal`. */
  wantedBy: string[];
  reason: string;
}

/** Why the goal cannot be had: the artifacts at the bottom of it. Empty: it can be. */
export function explainMissing(
  templates: Template[],
  goal: string[],
  inputs: ReadonlySet<string>,
): MissingArtifact[] {
  const { costs } = derive(templates, inputs);
  const missing = new Map<string, MissingArtifact>();
  const visited = new Set<string>();
  const open: Want[] = goal.map((artifact) => ({ artifact, type: undefined, by: undefined }));
  let want = open.shift();
  const circular: Want[] = [];
  for (; want !== undefined; want = open.shift()) {
    const current = want;
    if (current.artifact !== undefined && inputs.has(current.artifact)) continue;
    const producers = templates.filter((template) => isProducedBy(current, template));
    if (producers.some(({ name }) => costs.has(name))) continue;
    if (producers.length === 0) note(missing, current, reasonOf(current, templates));
    else circular.push(current);
    for (const producer of producers.filter(({ name }) => !visited.has(name))) {
      visited.add(producer.name);
      open.push(...wantsOf(producer));
    }
  }
  // Everything has a producer, and still nothing can begin.
  if (missing.size === 0)
    for (const one of circular)
      note(missing, one, "each task that produces it waits, directly or not, for itself");
  return [...missing.values()];
}

function note(missing: Map<string, MissingArtifact>, want: Want, reason: string): void {
  const artifact = want.artifact ?? `task ${want.task}`;
  const wantedBy = [...new Set([...(missing.get(artifact)?.wantedBy ?? []), want.by ?? "goal"])];
  missing.set(artifact, { artifact, wantedBy, reason });
}

function reasonOf({ artifact = "", type }: Want, templates: Template[]): string {
  const others = templates.filter(({ produces }) => Object.hasOwn(produces, artifact));
  if (others.length > 0)
    return `it is wanted as ${type}, and produced as ${others.map(({ name, produces }) => `${produces[artifact]} by ${name}`).join(", ")}`;
  const meant = nearestName(artifact, [
    ...new Set(templates.flatMap(({ produces }) => Object.keys(produces))),
  ]);
  return `nothing produces it, and no input has its name${meant === undefined ? "" : `; did you mean "${meant}"?`}`;
}
