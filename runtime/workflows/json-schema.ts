import { z } from "zod";
import { errorMessage, type Problem } from "../errors.ts";
import type { Json, JsonSchema } from "./workflow.ts";

/** Keywords that only mean something with a `type`; without one they would be skipped silently. */
const typeOfKeyword: Record<string, string> = {
  properties: "object",
  required: "object",
  additionalProperties: "object",
  items: "array",
  minItems: "array",
  maxItems: "array",
  pattern: "string",
  minLength: "string",
  maxLength: "string",
  minimum: "number",
  maximum: "number",
};

/** What is wrong with a JSON Schema itself; undefined if nothing. */
export function schemaProblem(schema: JsonSchema): string | undefined {
  const keyword = Object.keys(schema).find((key) => key in typeOfKeyword);
  if (keyword !== undefined && schema.type === undefined)
    return `"${keyword}" needs "type: ${typeOfKeyword[keyword]}" beside it`;
  try {
    z.fromJSONSchema(schema);
    return undefined;
  } catch (error) {
    return `is no JSON Schema that can be used: ${errorMessage(error)}`;
  }
}

/** Checks one value; `path` is put before each problem's own. Returns the value with defaults filled in. */
export function checkValue(
  schema: JsonSchema,
  value: unknown,
  path: string,
): { value: Json; problems: Problem[] } {
  const parsed = z.fromJSONSchema(schema).safeParse(value);
  if (parsed.success) return { value: parsed.data as Json, problems: [] };
  const problems = parsed.error.issues.map((issue) => ({
    path: issue.path.reduce<string>(
      (place, segment) =>
        typeof segment === "number" ? `${place}[${segment}]` : `${place}.${String(segment)}`,
      path,
    ),
    message: issue.message,
  }));
  return { value: value as Json, problems };
}

/**
 * Checks the inputs of a run against a workflow's schemas. An input without a `default` is required.
 * @param unknownNames whether names that the workflow does not declare are a problem or left out
 */
export function checkInputs(
  schemas: Record<string, JsonSchema>,
  inputs: Record<string, unknown>,
  unknownNames: "refuse" | "drop",
): { inputs: Record<string, Json>; problems: Problem[] } {
  const problems: Problem[] = [];
  const checked: Record<string, Json> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    if (!Object.hasOwn(inputs, name)) {
      if (Object.hasOwn(schema, "default")) checked[name] = schema.default as Json;
      else problems.push({ path: `inputs.${name}`, message: "is required" });
      continue;
    }
    const result = checkValue(schema, inputs[name], `inputs.${name}`);
    checked[name] = result.value;
    problems.push(...result.problems);
  }
  const known = Object.keys(schemas);
  if (unknownNames === "refuse")
    for (const name of Object.keys(inputs).filter((name) => !Object.hasOwn(schemas, name)))
      problems.push({
        path: `inputs.${name}`,
        message: `is no input of this workflow; its inputs are ${known.join(", ") || "none"}`,
      });
  return { inputs: checked, problems };
}
