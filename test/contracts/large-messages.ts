import assert from "node:assert/strict";
import type { ObjectStore } from "../../runtime/object-store/object-store.ts";
import { largeMessagePrefix, readEvent, withLargeMessages } from "../../runtime/queue/large-messages.ts";
import type { Queue } from "../../runtime/queue/queue.ts";
import {
  type ContractCase,
  type ContractDriver,
  type ContractFixture,
  describeContract,
} from "./contract.ts";
import { receiveOne, receivesNothing } from "./queue-delivery.ts";

/** A queue and a bucket of the same cloud, both empty. */
export interface LargeMessagesFixture extends ContractFixture {
  queue: Queue;
  store: ObjectStore;
  maximumDeliveries: number;
}

const event = {
  specversion: "1.0",
  id: "1",
  source: "/test",
  type: "server.metrics",
  time: "2026-01-31T12:00:00Z",
} as const;

const largeEvent = (bytes: number) => ({ ...event, data: { text: "ü".repeat(bytes / 2), list: [1, null] } });

async function keysOf(store: ObjectStore): Promise<string[]> {
  return (await store.list({ prefix: largeMessagePrefix })).objects.map(({ key }) => key);
}

export const largeMessagesCases: ContractCase<LargeMessagesFixture>[] = [
  {
    name: "takes a message larger than the queue does, and removes its data when it was handled",
    async run({ queue, store }) {
      const large = withLargeMessages({ queue, store });
      const sent = largeEvent(2 * queue.limits.maximumMessageBytes);
      await large.send(JSON.stringify(sent));
      const message = await receiveOne(large, { visibilitySeconds: 60 });
      assert.ok(Buffer.byteLength(message.body) <= queue.limits.maximumMessageBytes);
      assert.deepEqual(await readEvent(store, message), sent);
      assert.equal((await keysOf(store)).length, 1);
      await large.delete(message.receipt);
      assert.deepEqual(await keysOf(store), []);
      await receivesNothing(large);
    },
  },
  {
    name: "takes the largest message that it promises, and refuses a larger one without a trace",
    async run({ queue, store }) {
      const large = withLargeMessages({ queue, store });
      const { maximumMessageBytes } = large.limits;
      const empty = Buffer.byteLength(JSON.stringify({ ...event, data: "" }));
      const largest = { ...event, data: "x".repeat(maximumMessageBytes - empty) };
      const tooLarge = { name: "ApiError", status: 413, code: "message-too-large" };
      await assert.rejects(large.send(JSON.stringify({ ...largest, data: `${largest.data}x` })), tooLarge);
      const attributes = Object.fromEntries(
        Array.from({ length: 64 + Math.ceil(queue.limits.maximumMessageBytes / 4096) }, (_, index) => [
          `extension${index}`,
          "x".repeat(4096),
        ]),
      );
      await assert.rejects(large.send(JSON.stringify({ ...event, ...attributes, data: 1 })), tooLarge);
      assert.deepEqual(await keysOf(store), []);
      await large.send(JSON.stringify(largest));
      const message = await receiveOne(large, { visibilitySeconds: 60 });
      assert.deepEqual(await readEvent(store, message), largest);
    },
  },
  {
    name: "keeps the data of a message that failed, and that of a dead letter",
    async run({ queue, store, maximumDeliveries }) {
      const large = withLargeMessages({ queue, store });
      const sent = largeEvent(2 * queue.limits.maximumMessageBytes);
      await large.send(JSON.stringify(sent));
      for (let delivery = 1; delivery <= maximumDeliveries; delivery += 1) {
        const message = await receiveOne(large, { visibilitySeconds: 60, waitSeconds: 2 });
        assert.deepEqual(await readEvent(store, message), sent);
        await large.release(message.receipt, { reason: "failed" });
      }
      await receivesNothing(large);
      const [letter] = await large.deadLetters();
      assert.ok(letter);
      assert.deepEqual(await readEvent(store, letter), sent);
    },
  },
  {
    name: "knows a duplicate of a message that was handled by its data being gone",
    async run({ queue, store }) {
      const large = withLargeMessages({ queue, store });
      await large.send(JSON.stringify(largeEvent(2 * queue.limits.maximumMessageBytes)));
      const message = await receiveOne(large, { visibilitySeconds: 60 });
      await queue.send(message.body);
      await large.delete(message.receipt);
      const duplicate = await receiveOne(large, { visibilitySeconds: 60 });
      assert.equal(await readEvent(store, duplicate), undefined);
      await large.delete(duplicate.receipt);
    },
  },
];

export function describeLargeMessagesContract(driver: ContractDriver<LargeMessagesFixture>): void {
  describeContract("large messages", largeMessagesCases, driver);
}
