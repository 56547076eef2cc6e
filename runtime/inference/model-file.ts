import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { Readable } from "node:stream";
import type { ObjectStore } from "../object-store/object-store.ts";

/** A file of a model that is to be published: its content, or where it lies on this machine, however large it is. */
export type ModelFile = Uint8Array | { path: string };

/** What is wrong with a file; undefined: nothing. */
export function modelFileProblem(file: unknown): string | undefined {
  const message = "must be a Uint8Array or {path} of a file, and not empty";
  if (file instanceof Uint8Array) return file.length > 0 ? undefined : message;
  const path = (file as { path?: unknown } | null | undefined)?.path;
  const stats = typeof path === "string" ? statSync(path, { throwIfNoEntry: false }) : undefined;
  return stats?.isFile() && stats.size > 0 ? undefined : message;
}

/**
 * Writes a file under a key where nothing is yet.
 * @returns what was written: bytes, and SHA-256 as hexadecimal digits
 * @throws ApiError `precondition-failed` (412)
 */
export async function storeModelFile(
  store: ObjectStore,
  key: string,
  file: ModelFile,
): Promise<{ size: number; sha256: string }> {
  if (file instanceof Uint8Array) {
    await store.put(key, file, { ifNoneMatch: "*" });
    return { size: file.length, sha256: createHash("sha256").update(file).digest("hex") };
  }
  const hash = createHash("sha256");
  let size = 0;
  async function* hashed(parts: AsyncIterable<Uint8Array>) {
    for await (const part of parts) {
      hash.update(part);
      size += part.length;
      yield part;
    }
  }
  const body = Readable.from(hashed(createReadStream(file.path)), { objectMode: false });
  await store.put(key, body, { ifNoneMatch: "*" });
  return { size, sha256: hash.digest("hex") };
}
