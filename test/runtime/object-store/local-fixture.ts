import { pathToFileURL } from "node:url";
import { createObjectStore } from "../../../runtime/object-store/create-object-store.ts";
import { supported } from "../../contracts/contract.ts";
import type { ObjectStoreCapabilities, ObjectStoreFixture } from "../../contracts/object-store.ts";
import { createTemporaryFolder } from "../../contracts/temporary-folder.ts";

export const localCapabilities: ObjectStoreCapabilities = {
  keyMayBeFolder: { supported: false, reason: "a file cannot be a folder as well" },
  distinguishesCase:
    process.platform === "linux"
      ? supported
      : { supported: false, reason: "the file system takes both names for the same file" },
  reservedKeys: [".skyloom-bucket", ".skyloom-bucket/lock.db", ".Skyloom-Bucket/x"],
};

export async function createLocalFixture(): Promise<ObjectStoreFixture> {
  const folder = await createTemporaryFolder();
  const url = pathToFileURL(folder.path).href;
  return {
    store: await createObjectStore(url),
    another: await createObjectStore(url),
    url,
    capabilities: localCapabilities,
    dispose: async ({ keep }) => {
      if (!keep) await folder.remove();
    },
  };
}
