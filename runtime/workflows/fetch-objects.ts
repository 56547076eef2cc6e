import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { ApiError } from "../errors.ts";
import type { ObjectStore } from "../object-store/object-store.ts";

/** Of all objects that one task is given. */
const maximumBytes = 4 * 1024 * 1024 * 1024;

/**
 * Puts objects of the bucket into a folder.
 * @param objects path in the folder to key in the bucket
 * @throws ApiError `object-not-found`, `objects-too-large` (422)
 */
export async function fetchObjects(
  store: ObjectStore,
  objects: Record<string, string>,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  let bytes = 0;
  for (const [path, key] of Object.entries(objects)) {
    const object = await store.getStream(key);
    if (object === undefined)
      throw new ApiError(`there is no object "${key}" in the bucket, which file ${path} is to be`, {
        status: 422,
        code: "object-not-found",
      });
    bytes += object.size;
    if (bytes > maximumBytes) {
      object.body.destroy();
      throw new ApiError(`the objects have more than ${maximumBytes} bytes together`, {
        status: 422,
        code: "objects-too-large",
      });
    }
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await pipeline(object.body, createWriteStream(file), { signal });
  }
}
