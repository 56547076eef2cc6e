import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createLocalQueue } from "../../../runtime/queue/local.ts";
import { supported } from "../../contracts/contract.ts";
import type { QueueCapabilities, QueueFixture } from "../../contracts/queue.ts";
import { createTemporaryFolder } from "../../contracts/temporary-folder.ts";

const settings = { maximumDeliveries: 4, visibilitySeconds: 5 };

export const localCapabilities: QueueCapabilities = {
  keepsLateReceipts: supported,
  countsReleasedAsVisible: supported,
  countsDelayedAsVisible: supported,
  countsInFlight: supported,
  delaysMessages: supported,
};

/** The queue's clock runs with the true one, ahead of it by what was advanced: other processes use the true one. */
export async function createLocalFixture(): Promise<QueueFixture> {
  const folder = await createTemporaryFolder();
  const file = join(folder.path, "queue.db");
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const queue = createLocalQueue({ file, settings, now });
  const another = createLocalQueue({ file, now });
  return {
    ...settings,
    queue,
    another,
    url: pathToFileURL(file).href.replace(/^file:/, "sqlite:"),
    capabilities: localCapabilities,
    advance: async (seconds) => {
      ahead += seconds * 1000;
    },
    dispose: async ({ keep }) => {
      await Promise.all([queue.close(), another.close()]);
      if (!keep) await folder.remove();
    },
  };
}
