import { join } from "node:path";
import { z } from "zod";
import { ApiError, invalidInput, type Problem } from "../../errors.ts";
import { listAll } from "../../object-store/list-all.ts";
import { objectKeyProblem } from "../../object-store/object-key.ts";
import type { ObjectStore } from "../../object-store/object-store.ts";
import { closedObject } from "../../workflows/schema-parts.ts";
import { dataFormats, formatOf } from "../data-format.ts";
import type { CollectedData, SourceContext } from "./data-source.ts";
import { byteBudget, writeWithin } from "./write-file.ts";

const maximumObjects = 10_000;

export const bucketSource = closedObject({
  /** Objects that are read one after another. */
  keys: z.array(z.string()).min(1).max(maximumObjects).optional(),
  /** All objects below it, in the order of their keys, as they are when the task runs. */
  prefix: z.string().min(1).optional(),
  /** Default: by how the keys end. */
  format: z.enum(dataFormats).optional(),
})
  .refine(
    ({ keys, prefix }) => (keys === undefined) !== (prefix === undefined),
    "must hold either keys or prefix",
  )
  .superRefine(({ keys }, context) => {
    for (const [index, key] of (keys ?? []).entries()) {
      const message = objectKeyProblem(key);
      if (message !== undefined) context.addIssue({ code: "custom", path: ["keys", index], message });
    }
  });

/** @throws ApiError `data-not-found` (404) with every key that is missing, `unknown-format`, `data-too-large` (422) */
export async function collectFromBucket(
  { keys, prefix, format }: z.infer<typeof bucketSource>,
  { store, folder, maximumBytes, signal }: Omit<SourceContext, "outbound">,
): Promise<CollectedData> {
  const wanted = keys ?? (await keysBelow(store, prefix ?? ""));
  const formats = new Set(wanted.map((key) => format ?? formatOf(key)));
  const [common = format ?? "jsonl", other] = formats;
  if (other !== undefined)
    throw new ApiError(`the objects are of several formats: ${[...formats].join(", ")}; take those of one`, {
      status: 422,
      code: "unknown-format",
    });
  const budget = byteBudget(maximumBytes);
  const missing: Problem[] = [];
  const files: string[] = [];
  for (const [index, key] of wanted.entries()) {
    const object = await store.getStream(key);
    if (object === undefined) missing.push({ path: `keys[${index}]`, message: `there is no object ${key}` });
    else {
      const file = join(folder, `${index}.${common}`);
      await writeWithin(object.body, file, budget, signal);
      files.push(file);
    }
  }
  if (missing.length > 0) throw notThere(missing);
  return { files, format: common };
}

function notThere(problems: Problem[]): ApiError {
  const { message } = invalidInput("data-not-found", problems, "keys of the bucket");
  return new ApiError(message, { status: 404, code: "data-not-found", problems });
}

async function keysBelow(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of listAll(store, prefix)) {
    if (keys.length === maximumObjects) throw tooManyObjects(prefix);
    keys.push(key);
  }
  return keys;
}

function tooManyObjects(prefix: string): ApiError {
  return new ApiError(`there are more than ${maximumObjects} objects below ${prefix}: take a longer prefix`, {
    status: 422,
    code: "data-too-large",
  });
}
