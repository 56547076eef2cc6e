import assert from "node:assert/strict";
import type { Queue, QueueMessage, ReceiveOptions } from "../../runtime/queue/queue.ts";
import type { ContractCase } from "./contract.ts";
import type { QueueFixture } from "./queue.ts";

export async function receiveOne(queue: Queue, options?: ReceiveOptions): Promise<QueueMessage> {
  const messages = await queue.receive(options);
  assert.equal(messages.length, 1);
  return messages[0] as QueueMessage;
}

export async function receivesNothing(queue: Queue): Promise<void> {
  assert.deepEqual(await queue.receive({ maximum: 10 }), []);
}

/** Where those in flight are not told apart, they count as visible. */
export async function assertDepth(
  { capabilities }: Pick<QueueFixture, "capabilities">,
  queue: Queue,
  expected: { visible: number; inFlight: number; deadLettered: number },
): Promise<void> {
  const { visible, inFlight, deadLettered } = expected;
  const told = capabilities.countsInFlight.supported
    ? expected
    : { visible: visible + inFlight, inFlight: undefined, deadLettered };
  assert.deepEqual(await queue.depth(), told);
}

const unusualBodies = [
  "x",
  " ",
  "\n",
  "{broken JSON",
  '{"quoted": "\\"", "nul": "\0"}',
  "Grüße, 世界 🌍",
  "'); DROP TABLE messages; --",
  "line\r\nbreak\u2028",
];

export const queueDeliveryCases: ContractCase<QueueFixture>[] = [
  {
    name: "delivers what was sent",
    async run({ queue, another }) {
      const before = Date.now();
      const { id } = await queue.send("body");
      const message = await receiveOne(another);
      assert.equal(message.id, id);
      assert.equal(message.body, "body");
      assert.equal(message.deliveryCount, 1);
      assert.ok(message.receipt.length > 0);
      assert.ok(Math.abs(message.enqueuedAt.getTime() - before) < 60_000);
      await receivesNothing(queue);
    },
  },
  {
    name: "delivers every text as it was sent",
    async run({ queue }) {
      for (const body of unusualBodies) await queue.send(body);
      const received: string[] = [];
      for (let messages = await queue.receive({ maximum: 10 }); messages.length > 0; ) {
        received.push(...messages.map(({ body }) => body));
        messages = await queue.receive({ maximum: 10 });
      }
      assert.deepEqual(received.sort(), [...unusualBodies].sort());
    },
  },
  {
    name: "takes a body of exactly the limit in bytes, and refuses a larger or empty one",
    async run({ queue }) {
      const { maximumMessageBytes } = queue.limits;
      const largest = "ü".repeat(Math.floor(maximumMessageBytes / 2)) + "x".repeat(maximumMessageBytes % 2);
      const tooLarge = { name: "ApiError", status: 413, code: "message-too-large" };
      await assert.rejects(queue.send(`${largest}x`), tooLarge);
      await assert.rejects(queue.send("x".repeat(maximumMessageBytes + 1)), tooLarge);
      await assert.rejects(queue.send(""), { status: 400, code: "invalid-message" });
      await receivesNothing(queue);
      await queue.send(largest);
      assert.equal((await receiveOne(queue)).body, largest);
    },
  },
  {
    name: "delivers at most as many as were asked for, and none twice",
    async run({ queue, another }) {
      for (let number = 0; number < 13; number += 1) await queue.send(`${number}`);
      assert.equal((await queue.receive()).length, 1);
      const some = await queue.receive({ maximum: 4 });
      assert.ok(some.length >= 1 && some.length <= 4);
      const ids = new Set(some.map(({ id }) => id));
      for (let count = some.length; count < 12; ) {
        const both = await Promise.all([queue.receive({ maximum: 10 }), another.receive({ maximum: 10 })]);
        const messages = both.flat();
        assert.ok(messages.length > 0);
        for (const { id } of messages) ids.add(id);
        count += messages.length;
        assert.equal(ids.size, count);
      }
      await receivesNothing(queue);
    },
  },
  {
    name: "hides a message for the time that the receiver says, then delivers it again",
    async run({ queue, another, advance }) {
      await queue.send("body");
      const first = await receiveOne(queue, { visibilitySeconds: 3 });
      await receivesNothing(another);
      await advance(1);
      await receivesNothing(another);
      await advance(3);
      const second = await receiveOne(another);
      assert.equal(second.id, first.id);
      assert.equal(second.deliveryCount, 2);
      assert.notEqual(second.receipt, first.receipt);
      assert.deepEqual(second.enqueuedAt, first.enqueuedAt);
    },
  },
  {
    name: "hides a message for the queue's own time where the receiver does not say",
    async run({ queue, visibilitySeconds, advance }) {
      await queue.send("body");
      await receiveOne(queue);
      await advance(visibilitySeconds - 1);
      await receivesNothing(queue);
      await advance(2);
      assert.equal((await receiveOne(queue)).deliveryCount, 2);
    },
  },
  {
    name: "never delivers again what was deleted",
    async run({ capabilities, queue, another, advance, visibilitySeconds }) {
      await queue.send("deleted");
      await queue.send("kept");
      const messages = [await receiveOne(queue), await receiveOne(queue)];
      const deleted = messages.find(({ body }) => body === "deleted");
      await another.delete(deleted?.receipt ?? "");
      await advance(visibilitySeconds + 1);
      assert.equal((await receiveOne(another)).body, "kept");
      await receivesNothing(queue);
      await assertDepth({ capabilities }, queue, { visible: 0, inFlight: 1, deadLettered: 0 });
    },
  },
  {
    name: "hides a message longer when asked, counted from then",
    async run({ queue, advance }) {
      await queue.send("body");
      const { receipt } = await receiveOne(queue, { visibilitySeconds: 2 });
      await advance(1);
      await queue.extend(receipt, 5);
      await advance(3);
      await receivesNothing(queue);
      await advance(3);
      const again = await receiveOne(queue);
      await queue.extend(again.receipt, 0);
      assert.equal((await receiveOne(queue)).deliveryCount, 3);
    },
  },
  {
    name: "holds a message back for its delay",
    needs: "delaysMessages",
    async run({ queue, advance }) {
      await queue.send("later", { delaySeconds: 3 });
      await queue.send("now");
      assert.equal((await receiveOne(queue)).body, "now");
      await advance(1);
      await receivesNothing(queue);
      await advance(3);
      assert.equal((await receiveOne(queue)).body, "later");
    },
    async without({ queue }) {
      assert.equal(queue.limits.maximumDelaySeconds, 0);
      const refused = { status: 400, code: "invalid-queue-options" };
      await assert.rejects(queue.send("later", { delaySeconds: 1 }), refused);
      await receivesNothing(queue);
    },
  },
  {
    name: "ends the wait for a message when one is sent, by this client or another",
    async run({ queue, another }) {
      for (const sender of [queue, another]) {
        const waiting = queue.receive({ waitSeconds: 3 });
        await sender.send("body");
        const [message] = await waiting;
        assert.equal(message?.body, "body");
        await queue.delete(message.receipt);
      }
    },
  },
  {
    name: "ends the wait for a message when one is visible again",
    async run({ queue, another }) {
      await queue.send("body");
      const { receipt } = await receiveOne(queue);
      const waiting = queue.receive({ waitSeconds: 3 });
      await another.release(receipt, { reason: "try again", delaySeconds: 0.2 });
      assert.equal((await waiting)[0]?.deliveryCount, 2);
    },
  },
  {
    name: "ends the wait with nothing when it is aborted, before or during it, or over",
    async run({ queue }) {
      assert.deepEqual(await queue.receive({ waitSeconds: 3, signal: AbortSignal.abort() }), []);
      const aborted = new AbortController();
      const ended: string[] = [];
      const waiting = queue.receive({ waitSeconds: 5, signal: aborted.signal });
      const other = queue.receive({ waitSeconds: 1 });
      aborted.abort();
      await Promise.all([
        waiting.then((messages) => ended.push(`aborted: ${messages.length}`)),
        other.then((messages) => ended.push(`waited: ${messages.length}`)),
      ]);
      assert.deepEqual(ended, ["aborted: 0", "waited: 0"], "the longer wait that is aborted ends first");
      assert.deepEqual(await queue.receive({ waitSeconds: 0.05 }), []);
    },
  },
  {
    name: "refuses options that are not allowed, all of them at once",
    async run({ capabilities, queue }) {
      const refused = (paths: string[]) => (error: { code: string; problems: { path: string }[] }) => {
        assert.equal(error.code, "invalid-queue-options");
        assert.deepEqual(
          error.problems.map(({ path }) => path),
          paths,
        );
        return true;
      };
      await queue.send("body");
      const options = { maximum: 11, waitSeconds: -1, visibilitySeconds: Number.NaN };
      await assert.rejects(queue.receive(options), refused(["maximum", "waitSeconds", "visibilitySeconds"]));
      await assert.rejects(queue.receive({ maximum: 0 }), refused(["maximum"]));
      const { maximumDelaySeconds, maximumVisibilitySeconds } = queue.limits;
      await assert.rejects(
        queue.send("x", { delaySeconds: maximumDelaySeconds + 1 }),
        refused(["delaySeconds"]),
      );
      const { receipt } = await receiveOne(queue);
      await assert.rejects(
        queue.extend(receipt, maximumVisibilitySeconds + 1),
        refused(["visibilitySeconds"]),
      );
      await assert.rejects(
        queue.release(receipt, { reason: "", delaySeconds: -1 }),
        refused(["delaySeconds"]),
      );
      await assert.rejects(queue.deadLetters({ limit: 0 }), refused(["limit"]));
      await assertDepth({ capabilities }, queue, { visible: 0, inFlight: 1, deadLettered: 0 });
    },
  },
  {
    name: "answers those who wait and refuses everything after it was closed, and only there",
    async run({ queue, another }) {
      const waiting = queue.receive({ waitSeconds: 3 });
      await queue.close();
      await queue.close();
      assert.deepEqual(await waiting, []);
      const closed = { name: "ApiError", status: 503, code: "queue-closed" };
      await assert.rejects(queue.send("body"), closed);
      await assert.rejects(queue.receive(), closed);
      await assert.rejects(queue.depth(), closed);
      await another.send("body");
      await receiveOne(another);
    },
  },
];
