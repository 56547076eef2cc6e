import { pathToFileURL } from "node:url";
import { createObjectStore } from "../../../runtime/object-store/create-object-store.ts";
import type { ObjectStoreFixture } from "../../contracts/object-store.ts";
import { createTemporaryFolder } from "../../contracts/temporary-folder.ts";

export async function createLocalFixture(): Promise<ObjectStoreFixture> {
  const folder = await createTemporaryFolder();
  const url = pathToFileURL(folder.path).href;
  return {
    store: createObjectStore(url),
    another: createObjectStore(url),
    url,
    capabilities: {
      keyMayBeFolder: false,
      distinguishesCase: process.platform === "linux",
      reservedKeys: [".skyloom-bucket", ".skyloom-bucket/lock.db", ".Skyloom-Bucket/x"],
    },
    dispose: async ({ keep }) => {
      if (!keep) await folder.remove();
    },
  };
}
