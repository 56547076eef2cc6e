import type { z } from "zod";
import { invalidInput } from "../errors.ts";

/**
 * The request's part, checked.
 * @throws ApiError (400) with every problem
 */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  code: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  throw invalidInput(
    code,
    parsed.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message })),
    "request",
  );
}
