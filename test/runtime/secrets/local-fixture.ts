import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createSecretStore } from "../../../runtime/secrets/create-secret-store.ts";
import { supported } from "../../contracts/contract.ts";
import type { SecretStoreCapabilities, SecretStoreFixture } from "../../contracts/secrets.ts";
import { createTemporaryFolder } from "../../contracts/temporary-folder.ts";

export const localCapabilities: SecretStoreCapabilities = {
  holdsBytes: supported,
  maximumBytes: 64 * 1024,
};

export async function createLocalFixture(): Promise<SecretStoreFixture> {
  const folder = await createTemporaryFolder();
  const url = pathToFileURL(folder.path).href;
  const fileOf = (name: string) => join(folder.path, name);
  return {
    store: await createSecretStore(url),
    url,
    capabilities: localCapabilities,
    async put(name, value) {
      await writeFile(fileOf("..next"), Buffer.concat([Buffer.from(value), Buffer.from("\n")]));
      await rename(fileOf("..next"), fileOf(name));
    },
    remove: (name) => rm(fileOf(name)),
    async makeUnreadable(name) {
      await rm(fileOf(name));
      await mkdir(fileOf(name));
    },
    dispose: async ({ keep }) => {
      if (!keep) await folder.remove();
    },
  };
}
