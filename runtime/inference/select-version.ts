import { ApiError } from "../errors.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { modelNotFound, pointerKey, readManifest, readPointer } from "./read-models.ts";

/**
 * Makes a version that is there the current one, e.g. the one before: a rollback. Whoever serves the model loads it
 * while the other one still answers.
 * @returns the version that was current
 * @throws ApiError `model-not-found`, `model-version-not-found` (404), `publish-conflict` (503) where somebody else
 *   moved the pointer meanwhile
 */
export async function selectVersion(store: ObjectStore, name: string, version: number): Promise<number> {
  await readManifest(store, name, version);
  const current = await readPointer(store, name);
  if (current === undefined) throw modelNotFound(name);
  const { etag, ...pointer } = current;
  try {
    await store.put(pointerKey(name), `${JSON.stringify({ ...pointer, version }, null, 2)}\n`, {
      ifMatch: etag,
    });
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "precondition-failed")) throw error;
    throw new ApiError(`model ${name} was changed by somebody else meanwhile; look again, then try again`, {
      status: 503,
      code: "publish-conflict",
      cause: error,
    });
  }
  return pointer.version;
}
