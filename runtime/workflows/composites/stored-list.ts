import { z } from "zod";
import { ApiError } from "../../errors.ts";
import type { ObjectStore } from "../../object-store/object-store.ts";
import { closedObject } from "../schema-parts.ts";
import type { Json } from "../workflow.ts";

/** A list that was too large for a task's outputs: a JSON array in the bucket. */
export interface StoredList {
  /** Its key. */
  object: string;
  /** Items. */
  count: number;
  bytes: number;
}

/** A list as it is, or where in the bucket it is. */
export const listSchema = z.union(
  [
    z.array(z.unknown()),
    closedObject({
      object: z.string().min(1),
      count: z.number().int().min(0).optional(),
      bytes: z.number().int().min(0).optional(),
    }),
  ],
  { error: "must be a list, or {object: KEY} that names a JSON list in the bucket" },
);

/** Longer lists, in bytes of JSON, go to the bucket. */
const maximumInlineBytes = 128 * 1024;
const maximumReadBytes = 256 * 1024 * 1024;

/** The list itself where it is small; else it is written to `key`, the same in every attempt. */
export async function storeIfLarge(store: ObjectStore, key: string, list: Json[]): Promise<Json> {
  const text = JSON.stringify(list);
  const bytes = Buffer.byteLength(text);
  if (bytes <= maximumInlineBytes) return list;
  await store.put(key, text);
  return { object: key, count: list.length, bytes } satisfies StoredList as unknown as Json;
}

/** @throws ApiError `list-not-found`, `list-too-large`, `no-list` (422) */
export async function readList(store: ObjectStore, list: z.infer<typeof listSchema>): Promise<Json[]> {
  if (Array.isArray(list)) return list as Json[];
  const { object: key } = list;
  const found = await store.head(key);
  if (found === undefined) throw unusable("list-not-found", `there is no object ${key} in the bucket`);
  if (found.size > maximumReadBytes)
    throw unusable(
      "list-too-large",
      `object ${key} has ${found.size} bytes, at most ${maximumReadBytes} are read as a list`,
    );
  const object = await store.get(key);
  if (object === undefined) throw unusable("list-not-found", `there is no object ${key} in the bucket`);
  try {
    const value: unknown = JSON.parse(Buffer.from(object.body).toString("utf8"));
    if (Array.isArray(value)) return value as Json[];
  } catch {
    // Told below.
  }
  throw unusable("no-list", `object ${key} holds no JSON list`);
}

function unusable(code: string, message: string): ApiError {
  return new ApiError(message, { status: 422, code });
}
