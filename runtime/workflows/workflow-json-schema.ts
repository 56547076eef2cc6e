import { z } from "zod";
import { specificationSchema } from "./specification-schema.ts";
import type { TaskType } from "./task-type.ts";
import { taskTypes } from "./task-types/task-types.ts";

type Schema = Record<string, unknown>;

/** Draft 7 is what editors know best. */
const options = { io: "input", target: "draft-7", unrepresentable: "any" } as const;
const expression = { type: "string", pattern: "\\$\\{" };

/**
 * The JSON Schema (draft 7) of a workflow file, for editors: the shape that parseWorkflow holds files to, with the
 * parameters of each task type. What it cannot say (references, cycles, artifacts) only parseWorkflow finds.
 */
export function workflowJsonSchema(): Schema {
  const schema = withoutNoise(z.toJSONSchema(specificationSchema, options)) as Schema;
  const { definitions = {}, ...rest } = schema;
  const task = at(rest, "properties", "tasks", "additionalProperties");
  const all = [...taskTypes.values()];
  describeAction(task, all);
  const acting = all.filter(({ kind }) => kind === "step");
  for (const key of ["fallback", "compensation"]) describeAction(at(task, "properties", key), acting);
  return {
    ...rest,
    title: "Skyloom workflow",
    definitions: { ...(definitions as Schema), ...parameterSchemas(all) },
  };
}

/** `with` is what `uses` says. */
function describeAction(action: Schema, types: TaskType[]): void {
  at(action, "properties").uses = {
    ...at(action, "properties", "uses"),
    enum: types.map(({ name }) => name),
  };
  action.allOf = types.map((type) => ({
    if: { properties: { uses: { const: type.name } }, required: ["uses"] },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    then: {
      properties: { with: { $ref: `#/definitions/${definitionName(type)}` } },
      ...(type.schema.safeParse({}).success ? {} : { required: ["with"] }),
    },
  }));
}

function parameterSchemas(types: TaskType[]): Schema {
  return Object.fromEntries(
    types.map((type) => {
      const { $schema: _dialect, ...schema } = withoutNoise(z.toJSONSchema(type.schema, options)) as Schema;
      const properties = Object.entries((schema.properties ?? {}) as Schema).map(([name, member]) => [
        name,
        type.fixed?.includes(name) ? member : orExpression(member),
      ]);
      return [
        definitionName(type),
        { ...schema, ...(properties.length > 0 && { properties: Object.fromEntries(properties) }) },
      ];
    }),
  );
}

function definitionName({ name }: TaskType): string {
  return `with-${name}`;
}

const schemaMaps = new Set(["properties", "definitions", "patternProperties"]);
const schemaLists = new Set(["anyOf", "oneOf", "allOf"]);
const schemaMembers = new Set(["items", "additionalProperties"]);

/** The schema, which a `${…}` satisfies as well, in every place within it: what it gives is known only in a run. */
function orExpression(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const inner = Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      if (schemaMaps.has(key)) return [key, mapValues(member as Schema, orExpression)];
      if (schemaLists.has(key)) return [key, (member as unknown[]).map(orExpression)];
      return [key, schemaMembers.has(key) ? orExpression(member) : member];
    }),
  );
  return takesAnyText(inner) ? inner : withExpression(inner);
}

function withExpression({ description, default: fallback, ...schema }: Schema): Schema {
  return {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    anyOf: [schema, expression],
  };
}

function takesAnyText(schema: Schema): boolean {
  const types = [schema.type].flat();
  if (Object.keys(schema).length === 0) return true;
  const isBound = ["pattern", "enum", "const", "minLength", "maxLength", "format"].some(
    (key) => key in schema,
  );
  return types.includes("string") && !isBound;
}

/** zod writes bounds of safe integers and names that are text; both tell a reader nothing. */
function withoutNoise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNoise);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      const isBound =
        (key === "minimum" || key === "maximum") && Math.abs(Number(member)) === Number.MAX_SAFE_INTEGER;
      const isText = key === "propertyNames" && JSON.stringify(member) === '{"type":"string"}';
      return isBound || isText ? [] : [[key, withoutNoise(member)]];
    }),
  );
}

function mapValues(record: Schema, change: (value: unknown) => unknown): Schema {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function at(schema: Schema, ...path: string[]): Schema {
  return path.reduce((current, key) => current[key] as Schema, schema);
}
