import { z } from "zod";
import { ApiError } from "../errors.ts";
import { secretNamePattern, secretNameRule } from "../secrets/secret-rules.ts";
import { minimumMaskedCharacters } from "./masking.ts";
import type { TaskContext } from "./task-type.ts";

/** A member of `with` that names a secret; the member of `with` around it must be `fixed`. */
export const secretName = z.string({ error: "must be the name of a secret" }).regex(secretNamePattern, {
  error: ({ input }) =>
    `must be the name of a secret, which ${secretNameRule}${String(input).includes("${") ? "; what a run may read is fixed in its file, no expression decides it" : ""}`,
});

/**
 * The newest values, by the keys of `names`.
 * @param names anything to the name of a secret
 * @throws ApiError `secrets-not-configured`, `secret-too-short` (422), and what the store throws
 */
export async function readTaskSecrets<Names extends Record<string, string>>(
  names: Names,
  { secrets, task }: Pick<TaskContext, "secrets" | "task">,
): Promise<{ [Key in keyof Names]: string }> {
  const entries = Object.entries(names);
  if (entries.length > 0 && secrets === undefined)
    throw new ApiError(
      `task ${task} has secrets, and the runtime knows none: set SKYLOOM_SECRETS to where they are`,
      { status: 422, code: "secrets-not-configured" },
    );
  const values = await Promise.all(
    entries.map(async ([key, name]) => [key, (await secrets?.get(name)) ?? ""] as const),
  );
  for (const [key, value] of values)
    if (value.length < minimumMaskedCharacters)
      throw new ApiError(
        `secret "${names[key]}" must have at least ${minimumMaskedCharacters} characters, or it could not be masked in what the task tells`,
        { status: 422, code: "secret-too-short" },
      );
  return Object.fromEntries(values) as { [Key in keyof Names]: string };
}
