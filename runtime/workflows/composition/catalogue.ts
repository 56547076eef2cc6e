import { z } from "zod";
import { invalidInput, type Problem } from "../../errors.ts";
import { name } from "../schema-parts.ts";
import { parseSource, type Source } from "../source-map.ts";
import { checkReferences, findExpressions } from "../specification-expressions.ts";
import { closedObject, jsonSchemas, taskSchema } from "../specification-schema.ts";
import { shapeProblems, taskProblems } from "../specification-tasks.ts";
import type { JsonSchema } from "../workflow.ts";
import { type Template, templateOf } from "./template.ts";

const maximumBytes = 1024 * 1024;
const maximumTemplates = 1000;

/** The shape of a catalogue file: tasks that a workflow may be composed of, and the inputs that they may ask for. */
export const catalogueSchema = closedObject({
  description: z.string().optional(),
  inputs: jsonSchemas.default({}),
  tasks: z
    .record(name, taskSchema)
    .refine((tasks) => Object.keys(tasks).length > 0, "must hold at least one task")
    .refine(
      (tasks) => Object.keys(tasks).length <= maximumTemplates,
      `must hold at most ${maximumTemplates} tasks`,
    ),
});

export interface Catalogue {
  description: string;
  inputs: Record<string, JsonSchema>;
  templates: Template[];
}

/**
 * Parses a catalogue, YAML or JSON. Unlike in a workflow, several tasks may produce one artifact, and what a task
 * consumes may be missing: what fits is chosen when a workflow is composed.
 * @throws ApiError `invalid-catalogue` (400) with every problem, each with its path, line and column
 */
export function parseCatalogue(text: string): Catalogue {
  if (Buffer.byteLength(text) > maximumBytes)
    throw invalidCatalogue([{ path: "", message: `is larger than ${maximumBytes} bytes` }]);
  const source = parseSource(text);
  if (source.problems.length > 0) throw invalidCatalogue(source.problems);
  const parsed = catalogueSchema.safeParse(source.value);
  const raw = (source.value ?? {}) as RawCatalogue;
  const { problems, expressions } = findExpressions(source, raw);
  const all = [
    ...(parsed.success ? [] : shapeProblems(source, parsed.error.issues)),
    ...taskProblems(source, raw),
    ...problems,
    ...checkReferences(source, raw, expressions),
    ...inputProblems(source, raw),
  ];
  if (!parsed.success || all.length > 0) throw invalidCatalogue(all);
  const { description = "", inputs, tasks } = parsed.data;
  const templates = Object.entries(tasks).map(([task, value]) =>
    templateOf(
      task,
      value,
      (raw.tasks as Record<string, Record<string, unknown>>)[task] ?? {},
      expressions.filter((found) => found.task === task),
    ),
  );
  return { description, inputs, templates };
}

interface RawCatalogue {
  inputs?: unknown;
  tasks?: unknown;
}

/** An input that a task produces as well would be both: which of them is meant nobody could tell. */
function inputProblems(source: Source, raw: RawCatalogue): Problem[] {
  const inputs = Object.keys((raw.inputs ?? {}) as object);
  return Object.entries((raw.tasks ?? {}) as Record<string, { produces?: object } | null>).flatMap(
    ([task, value]) =>
      Object.keys(value?.produces ?? {})
        .filter((artifact) => inputs.includes(artifact))
        .map((artifact) =>
          source.problemAt(
            ["tasks", task, "produces", artifact],
            `artifact "${artifact}" is an input of the catalogue; choose another name`,
            { at: "key" },
          ),
        ),
  );
}

function invalidCatalogue(problems: Problem[]) {
  return invalidInput("invalid-catalogue", problems, "catalogue");
}
