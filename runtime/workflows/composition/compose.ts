import { stringify } from "yaml";
import { ApiError, invalidInput } from "../../errors.ts";
import type { Dependencies } from "../graph.ts";
import type { JsonSchema } from "../workflow.ts";
import type { Catalogue } from "./catalogue.ts";
import { type Choice, chooseTasks } from "./choose-tasks.ts";
import { explainMissing, type MissingArtifact } from "./explain-missing.ts";
import { mergeEqual } from "./merge-equal.ts";
import { impliedNeeds } from "./remove-implied-needs.ts";
import type { Template } from "./template.ts";

export interface ComposeRequest {
  /** Of the workflow. Default `composed`. */
  name?: string | undefined;
  /** Artifacts wanted: they become the workflow's outputs. */
  goal: string[];
}

/** What was done to the graph of tasks that the catalogue offered. */
export type Optimisation =
  | { kind: "shared"; kept: string; others: string[] }
  | { kind: "dropped"; tasks: string[] }
  | { kind: "need-removed"; task: string; need: string; through: string };

export interface Composition {
  /** A workflow file. */
  specification: string;
  tasks: string[];
  /** Whether no workflow of fewer tasks yields the goal; false: the catalogue has too many alternatives to see them all. */
  isExact: boolean;
  optimisations: Optimisation[];
}

/**
 * The smallest workflow that yields the goal: the fewest tasks, and of those the ones whose longest chain takes least.
 * @throws ApiError `nothing-to-compose` (400) for a bad goal, `artifact-missing` (422) where something cannot be had;
 * its problems name each artifact, who wants it and why it is missing
 */
export function compose(catalogues: Catalogue[], { name = "composed", goal }: ComposeRequest): Composition {
  const catalogue = union(catalogues);
  const inputs = new Set(Object.keys(catalogue.inputs));
  checkGoal(goal, inputs);
  const { templates, shared } = mergeEqual(catalogue.templates);
  const missing = explainMissing(templates, goal, inputs);
  if (missing.length > 0) throw artifactMissing(missing);
  const choice = chooseTasks(templates, goal, inputs);
  const chosen = templates.filter((template) => choice.tasks.includes(template.name));
  const removed = impliedNeeds(
    Object.fromEntries(chosen.map((template) => [template.name, template.needs])),
    dependenciesOf(chosen, choice),
    (task) => chosen.find((template) => template.name === task)?.isConditional ?? false,
  );
  const owners = ownersOf(chosen, choice);
  const dropped = templates.map((template) => template.name).filter((task) => !choice.tasks.includes(task));
  const tasks = Object.fromEntries(
    chosen.map((template) => [
      template.name,
      taskOf(
        template,
        owners,
        removed.filter(({ task }) => task === template.name).map(({ need }) => need),
      ),
    ]),
  );
  return {
    specification: stringify(
      {
        name,
        description: `Yields ${goal.join(", ")}.`,
        ...optional("inputs", inputsOf(chosen, catalogue.inputs)),
        outputs: Object.fromEntries(
          goal.map((artifact) => [artifact, { value: `\${artifacts["${artifact}"]}` }]),
        ),
        tasks,
      },
      { lineWidth: 120 },
    ),
    tasks: Object.keys(tasks),
    isExact: choice.isExact,
    optimisations: [
      ...shared
        .filter(({ kept }) => choice.tasks.includes(kept))
        .map((one): Optimisation => ({ kind: "shared", ...one })),
      ...(dropped.length > 0 ? [{ kind: "dropped" as const, tasks: dropped }] : []),
      ...removed.map((one): Optimisation => ({ kind: "need-removed", ...one })),
    ],
  };
}

/** All catalogues as one. The same name for two tasks is a problem unless both are the same. */
function union(catalogues: Catalogue[]): Pick<Catalogue, "inputs" | "templates"> {
  const templates = new Map<string, Template>();
  const inputs: Record<string, JsonSchema> = {};
  const problems = catalogues.flatMap((catalogue) => {
    Object.assign(inputs, catalogue.inputs);
    return catalogue.templates.flatMap((template) => {
      const known = templates.get(template.name);
      templates.set(template.name, known ?? template);
      if (known === undefined || JSON.stringify(known.raw) === JSON.stringify(template.raw)) return [];
      return [
        { path: `tasks.${template.name}`, message: "is another task in two catalogues; rename one of them" },
      ];
    });
  });
  if (problems.length > 0) throw invalidInput("invalid-catalogue", problems, "catalogues");
  return { inputs, templates: [...templates.values()] };
}

function checkGoal(goal: string[], inputs: ReadonlySet<string>): void {
  const problems = goal.flatMap((artifact, index) =>
    inputs.has(artifact)
      ? [{ path: `goal[${index}]`, message: `"${artifact}" is an input: there is nothing to do for it` }]
      : [],
  );
  if (goal.length === 0) problems.push({ path: "goal", message: "must name at least one artifact" });
  if (problems.length > 0) throw invalidInput("nothing-to-compose", problems, "goal");
}

function artifactMissing(missing: MissingArtifact[]): ApiError {
  const problems = missing.map(({ artifact, wantedBy, reason }) => ({
    path: artifact,
    message: `wanted by ${wantedBy.join(", ")}: ${reason}`,
  }));
  return new ApiError(
    `the goal cannot be had: ${problems.map(({ path, message }) => `${path} (${message})`).join("; ")}`,
    {
      status: 422,
      code: "artifact-missing",
      problems,
    },
  );
}

function dependenciesOf(chosen: Template[], { producers }: Choice): Dependencies {
  return Object.fromEntries(
    chosen.map(({ name, consumes, requires }) => [
      name,
      [
        ...new Set([
          ...Object.keys(consumes).flatMap((artifact) => producers.get(artifact) ?? []),
          ...requires,
        ]),
      ],
    ]),
  );
}

/** The one task that produces each artifact in the workflow: what nobody wants, the first that makes it anyway. */
function ownersOf(chosen: Template[], { producers }: Choice): Map<string, string> {
  const owners = new Map(producers);
  for (const { name, produces } of chosen)
    for (const artifact of Object.keys(produces)) if (!owners.has(artifact)) owners.set(artifact, name);
  return owners;
}

/** The task as it is written, without what is implied and without artifacts that another task produces in its stead. */
function taskOf(
  template: Template,
  owners: ReadonlyMap<string, string>,
  implied: string[],
): Record<string, unknown> {
  const { needs: _needs, produces: _produces, ...raw } = template.raw;
  const produces = Object.fromEntries(
    Object.entries(template.produces).filter(([artifact]) => owners.get(artifact) === template.name),
  );
  const needs = template.needs.filter((need) => !implied.includes(need));
  return {
    ...raw,
    ...optional("produces", produces),
    ...(needs.length > 0 ? { needs } : {}),
  };
}

function inputsOf(chosen: Template[], declared: Record<string, JsonSchema>): Record<string, JsonSchema> {
  const used = new Set(chosen.flatMap(({ inputs, consumes }) => [...inputs, ...Object.keys(consumes)]));
  return Object.fromEntries(Object.entries(declared).filter(([name]) => used.has(name)));
}

function optional(key: string, value: object): Record<string, object> {
  return Object.keys(value).length > 0 ? { [key]: value } : {};
}
