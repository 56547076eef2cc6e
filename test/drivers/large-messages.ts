import type { ContractDriver } from "../contracts/contract.ts";
import type { LargeMessagesFixture } from "../contracts/large-messages.ts";
import type { RemoteObjectStoreFixture } from "../contracts/object-store.ts";
import type { RemoteQueueFixture } from "../contracts/queue.ts";

/** A queue and a bucket of the same cloud; in the file of the queue's suite, as they may share its clock. */
export function largeMessagesDriver(
  name: string,
  createBucket: () => Promise<Omit<RemoteObjectStoreFixture, "capabilities">>,
  createQueue: () => Promise<Omit<RemoteQueueFixture, "capabilities">>,
): ContractDriver<LargeMessagesFixture> {
  return {
    name,
    capabilities: {},
    async createFixture() {
      const [bucket, queue] = await Promise.all([createBucket(), createQueue()]);
      return {
        ...queue,
        store: bucket.store,
        async dispose(options) {
          await Promise.all([bucket.dispose(options), queue.dispose(options)]);
        },
      };
    },
  };
}
