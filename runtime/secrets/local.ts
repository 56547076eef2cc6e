import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SecretFailure } from "./secret-errors.ts";
import { createSecretReader } from "./secret-reader.ts";
import { maximumSecretBytes, tooLarge } from "./secret-rules.ts";
import type { SecretStore } from "./secret-store.ts";

export interface LocalSecretStoreOptions {
  url: string;
  folder: string;
}

const failures: Record<string, SecretFailure> = {
  ENOENT: "missing",
  EISDIR: "missing",
  ENOTDIR: "missing",
  EACCES: "forbidden",
  EPERM: "forbidden",
  ELOOP: "missing",
};

/** The folder itself, and not a secret in it. */
class FolderError extends Error {}

/**
 * A folder with a file for each secret; it may be a Kubernetes Secret that is mounted, whose files are symbolic links that
 * change to a new version at once. One newline at the end of a file is no part of the value, since editors and
 * `echo` write it; a value that ends with a newline takes two.
 */
export function createLocalSecretStore({ url, folder }: LocalSecretStoreOptions): SecretStore {
  async function checkFolder(): Promise<void> {
    const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
      throw error.code === "ENOENT" || error.code === "ENOTDIR" ? new FolderError("no such folder") : error;
    });
    if (!found.isDirectory()) throw new FolderError("it is not a folder");
  }

  return createSecretReader({
    url,
    idOf: (name) => join(folder, name),
    permission: "read permission",
    async read(name) {
      try {
        return await readSecret(join(folder, name), name);
      } catch (error) {
        await checkFolder();
        throw error;
      }
    },
    check: checkFolder,
    failureOf: (error) =>
      error instanceof FolderError ? "not-found" : failures[String((error as NodeJS.ErrnoException).code)],
    close: async () => undefined,
  });
}

async function readSecret(file: string, name: string): Promise<Uint8Array> {
  const found = await stat(file);
  // To open a pipe would wait for its writer.
  if (!found.isFile()) throw Object.assign(new Error("it is not a file"), { code: "EISDIR" });
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    // With room for the newline.
    if (size > maximumSecretBytes + 1) throw tooLarge(name, size);
    const content = await handle.readFile();
    return content.at(-1) === 0x0a ? content.subarray(0, -1) : content;
  } finally {
    await handle.close();
  }
}
