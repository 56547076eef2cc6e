import type { Problem } from "../errors.ts";
import { nearestName } from "../nearest-name.ts";
import type { Dependencies } from "./graph.ts";
import type { Source } from "./source-map.ts";
import type { Specification } from "./specification-schema.ts";

/** The task that produces each artifact, the first one where there are two (a problem of its own). */
function producersOf(tasks: Record<string, unknown>): Map<string, { task: string; type: unknown }> {
  const producers = new Map<string, { task: string; type: unknown }>();
  for (const [task, value] of Object.entries(tasks))
    for (const [artifact, type] of Object.entries(record(record(value).produces)))
      if (!producers.has(artifact)) producers.set(artifact, { task, type });
  return producers;
}

/** Each task to those that produce what it consumes. */
export function artifactDependencies(raw: Specification): Dependencies {
  const tasks = record(raw.tasks);
  const producers = producersOf(tasks);
  return Object.fromEntries(
    Object.entries(tasks).map(([name, value]) => [
      name,
      Object.keys(record(record(value).consumes)).flatMap((artifact) => producers.get(artifact)?.task ?? []),
    ]),
  );
}

/** Problems of artifacts: made twice, made by nobody, or of another type than its consumer takes. */
export function artifactProblems(source: Source, raw: Specification): Problem[] {
  const tasks = record(raw.tasks);
  const inputs = Object.keys(record(raw.inputs));
  const producers = producersOf(tasks);
  return Object.entries(tasks).flatMap(([name, value]) => {
    const { produces, consumes } = record(value);
    const twice = Object.keys(record(produces)).flatMap((artifact) => {
      const first = producers.get(artifact)?.task;
      const message = inputs.includes(artifact)
        ? `artifact "${artifact}" is an input of the workflow; choose another name`
        : `artifact "${artifact}" is produced by ${first} as well; each has one producer`;
      if (first === name && !inputs.includes(artifact)) return [];
      return [source.problemAt(["tasks", name, "produces", artifact], message, { at: "key" })];
    });
    const wrong = Object.entries(record(consumes)).flatMap(([artifact, type]) => {
      const producer = producers.get(artifact);
      if (producer === undefined) {
        if (inputs.includes(artifact)) return [];
        const path = ["tasks", name, "consumes", artifact];
        return [source.problemAt(path, missing(artifact, [...producers.keys(), ...inputs]), { at: "key" })];
      }
      if (producer.type === type) return [];
      return [
        source.problemAt(
          ["tasks", name, "consumes", artifact],
          `is ${String(type)}, but ${producer.task} produces ${String(producer.type)}`,
        ),
      ];
    });
    return [...twice, ...wrong];
  });
}

function missing(artifact: string, known: string[]): string {
  const meant = nearestName(artifact, known);
  const hint = meant === undefined ? ";" : `, did you mean "${meant}"?`;
  return `nothing produces artifact "${artifact}"${hint} there are ${known.join(", ") || "none"}`;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
