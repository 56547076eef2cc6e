import type { CheckResult } from "@pulumi/pulumi/provider/index.js";
import { z } from "zod";
import type { Problem } from "../../runtime/errors.ts";
import type { ResourceContext, ResourceHandler } from "./resource-handler.ts";
import { hasUnknown, isUnknown, unwrapSecrets, valueAt, type WireProperties } from "./wire-values.ts";

/** All problems of a resource's inputs at once; what a preview does not know yet counts as right. */
export async function checkInputs<Inputs>(
  handler: ResourceHandler<Inputs>,
  context: ResourceContext,
  news: WireProperties,
): Promise<CheckResult> {
  const values = unwrapSecrets(news);
  const parsed = handler.schema.safeParse(values);
  if (parsed.success) {
    const problems = hasUnknown(values) ? [] : ((await handler.findProblems?.(parsed.data, context)) ?? []);
    return { inputs: { ...news, ...handler.derive?.(parsed.data) }, failures: problems.map(toFailure) };
  }
  const problems = parsed.error.issues
    .filter((issue) => !isUnknown(valueAt(values, issue.path)))
    .flatMap((issue) => toProblems(issue, handler.schema));
  return { inputs: news, failures: problems.map(toFailure) };
}

/** The inputs within what the engine sends, without marks and with their defaults. */
export function parseInputs<Inputs>(schema: z.ZodType<Inputs>, properties: WireProperties): Inputs {
  const names = Object.keys(Reflect.get(schema, "shape") as object);
  const inputs = Object.entries(properties).filter(([name]) => names.includes(name));
  return schema.parse(unwrapSecrets(Object.fromEntries(inputs)));
}

function toProblems(issue: z.core.$ZodIssue, schema: z.ZodType): Problem[] {
  if (issue.code !== "unrecognized_keys")
    return [{ path: z.core.toDotPath(issue.path), message: issue.message }];
  const known = issue.path.length === 0 ? Object.keys(Reflect.get(schema, "shape") as object) : [];
  const knownNames = known.length === 0 ? "" : `; known are ${known.join(", ")}`;
  return issue.keys.map((key) => ({
    path: z.core.toDotPath([...issue.path, key]),
    message: `is no property of this resource${knownNames}`,
  }));
}

const toFailure = ({ path, message }: Problem) => ({ property: path, reason: message });
