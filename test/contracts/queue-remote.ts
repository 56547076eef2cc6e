import assert from "node:assert/strict";
import { startConsumer } from "../../runtime/queue/consumer.ts";
import type { Queue } from "../../runtime/queue/queue.ts";
import type { ContractCase } from "./contract.ts";
import type { RemoteQueueFixture } from "./queue.ts";
import { assertDepth, receiveOne, receivesNothing } from "./queue-delivery.ts";

const unavailable = { name: "ApiError", status: 503, code: "queue-unavailable", isRetryable: true };
const denied = { name: "ApiError", status: 503, code: "queue-access-denied", isRetryable: true };

/** Every call but those that need a receipt. */
const calls = (queue: Queue): { [name: string]: () => Promise<unknown> } => ({
  send: () => queue.send("body"),
  receive: () => queue.receive({ visibilitySeconds: 1 }),
  depth: () => queue.depth(),
  deadLetters: () => queue.deadLetters(),
});

async function assertEachRejects(queue: Queue, receipt: string, expected: object): Promise<void> {
  const all = {
    ...calls(queue),
    extend: () => queue.extend(receipt, 60),
    release: () => queue.release(receipt, { reason: "failed" }),
    delete: () => queue.delete(receipt),
  };
  await Promise.all(Object.entries(all).map(([method, call]) => assert.rejects(call(), expected, method)));
}

export const queueRemoteCases: ContractCase<RemoteQueueFixture>[] = [
  {
    name: "rides out a connection that breaks",
    async run({ queue, behindFaults, faults }) {
      await queue.send("body");
      for (const [method, call] of Object.entries(calls(behindFaults))) {
        faults.cutConnections(1);
        await assert.doesNotReject(call(), method);
      }
      await queue.send("another");
      const { receipt } = await receiveOne(behindFaults, { visibilitySeconds: 30 });
      for (const call of [() => behindFaults.extend(receipt, 60), () => behindFaults.delete(receipt)]) {
        faults.cutConnections(1);
        await call();
      }
    },
  },
  {
    name: "tells that it is unavailable while every connection breaks, and works again afterwards",
    timeout: 180_000,
    async run({ capabilities, behindFaults, faults }) {
      await behindFaults.send("body");
      const { receipt } = await receiveOne(behindFaults, { visibilitySeconds: 120 });
      faults.cutConnections(Number.POSITIVE_INFINITY);
      await assertEachRejects(behindFaults, receipt, unavailable);
      faults.heal();
      await behindFaults.delete(receipt);
      await assertDepth({ capabilities }, behindFaults, { visible: 0, inFlight: 0, deadLettered: 0 });
    },
  },
  {
    name: "rides out throttling for a while, and tells that it is unavailable when it goes on",
    timeout: 180_000,
    async run({ behindFaults, faults }) {
      faults.throttle(2);
      await behindFaults.send("body");
      const { receipt } = await receiveOne(behindFaults, { visibilitySeconds: 120 });
      faults.throttle(Number.POSITIVE_INFINITY);
      await assertEachRejects(behindFaults, receipt, unavailable);
      faults.heal();
      await behindFaults.delete(receipt);
    },
  },
  {
    name: "tells that its credentials have expired, and works again with fresh ones",
    async run({ behindFaults, faults }) {
      await behindFaults.send("body");
      const { receipt } = await receiveOne(behindFaults, { visibilitySeconds: 60 });
      faults.expireCredentials(Number.POSITIVE_INFINITY);
      await assertEachRejects(behindFaults, receipt, denied);
      faults.heal();
      await behindFaults.delete(receipt);
    },
  },
  {
    name: "delivers a message at least once whose sender did not get the answer",
    async run({ queue, behindFaults, faults }) {
      faults.loseAnswers(1);
      await behindFaults.send("body");
      const bodies = new Set<string>();
      let messages = await queue.receive({ maximum: 10 });
      for (; messages.length > 0; messages = await queue.receive({ maximum: 10 }))
        for (const { body, receipt } of messages) {
          bodies.add(body);
          await queue.delete(receipt);
        }
      assert.deepEqual([...bodies], ["body"]);
    },
  },
  {
    name: "delivers a message again whose receiver did not get the answer",
    async run({ queue, behindFaults, faults, advance, visibilitySeconds }) {
      await queue.send("body");
      faults.loseAnswers(1);
      await behindFaults.receive({ visibilitySeconds: 2 }).catch(() => undefined);
      // Not every back end hides a message for the receiver's time from the first moment on.
      await advance(visibilitySeconds + 1);
      const message = await receiveOne(queue);
      assert.equal(message.body, "body");
      await queue.delete(message.receipt);
      await receivesNothing(queue);
    },
  },
  {
    name: "takes a delete for done whose answer was lost",
    async run({ queue, behindFaults, faults, advance }) {
      await queue.send("body");
      const { receipt } = await receiveOne(behindFaults, { visibilitySeconds: 2 });
      faults.loseAnswers(1);
      await behindFaults.delete(receipt);
      await advance(3);
      await receivesNothing(queue);
    },
  },
  {
    name: "delivers all of many messages, in whatever order, while some fail",
    timeout: 120_000,
    async run({ capabilities, queue, another }) {
      const bodies = Array.from({ length: 100 }, (_, number) => `${number}`);
      await Promise.all(bodies.map((body) => queue.send(body)));
      const done = new Set<string>();
      const failedOnce = new Set<string>();
      const handle = async (body: string) => {
        if (Number(body) % 7 === 0 && !failedOnce.has(body)) {
          failedOnce.add(body);
          throw new Error("fails once");
        }
        done.add(body);
      };
      const options = { handle, concurrency: 10, waitSeconds: 1, backoff: { initialSeconds: 0.1 } };
      const consumers = [queue, another].map((from) =>
        startConsumer({ ...options, queue: from, onError: () => undefined }),
      );
      while (done.size < bodies.length) await new Promise((resolve) => setTimeout(resolve, 50));
      await Promise.all(consumers.map((consumer) => consumer.stop()));
      assert.deepEqual([...done].sort(), [...bodies].sort());
      assert.equal(failedOnce.size, 15);
      await assertDepth({ capabilities }, queue, { visible: 0, inFlight: 0, deadLettered: 0 });
    },
  },
  {
    name: "tells a consumer that lost its lock, and leaves the message to the next one",
    async run({ capabilities, queue, behindFaults, faults, advance }) {
      await queue.send("body");
      const lost = Promise.withResolvers<unknown>();
      const errors: string[] = [];
      const consumer = startConsumer({
        queue: behindFaults,
        visibilitySeconds: 3,
        waitSeconds: 1,
        async handle(_body, _message, signal) {
          faults.cutConnections(Number.POSITIVE_INFINITY);
          const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
          await advance(4);
          const again = await receiveOne(queue, { visibilitySeconds: 30 });
          faults.heal();
          await aborted;
          lost.resolve(again);
        },
        onError: (error) => errors.push((error as { code: string }).code),
      });
      const again = (await lost.promise) as Awaited<ReturnType<typeof receiveOne>>;
      await consumer.stop();
      assert.ok(errors.includes("receipt-stale"), errors.join());
      assert.equal(again.deliveryCount, 2);
      await queue.delete(again.receipt);
      await assertDepth({ capabilities }, queue, { visible: 0, inFlight: 0, deadLettered: 0 });
    },
  },
  {
    name: "tells of a queue that is not there",
    async run({ missing }) {
      const refused = { name: "ApiError", status: 503, code: "queue-not-found", isRetryable: false };
      for (const call of Object.values(calls(missing))) await assert.rejects(call(), refused);
    },
  },
];
