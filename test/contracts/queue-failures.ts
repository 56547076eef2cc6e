import assert from "node:assert/strict";
import type { ContractCase } from "./contract.ts";
import type { QueueFixture } from "./queue.ts";
import { assertDepth, receiveOne, receivesNothing } from "./queue-delivery.ts";

const stale = { name: "ApiError", status: 409, code: "receipt-stale" };

export const queueFailureCases: ContractCase<QueueFixture>[] = [
  {
    name: "delivers a released message again, at once or after the delay",
    async run({ queue, another, advance }) {
      const { id } = await queue.send("body");
      await another.release((await receiveOne(queue)).receipt, { reason: "first failure" });
      const second = await receiveOne(another);
      assert.deepEqual([second.id, second.deliveryCount], [id, 2]);
      await queue.release(second.receipt, { reason: "second failure", delaySeconds: 3 });
      await advance(1);
      await receivesNothing(queue);
      await advance(3);
      assert.equal((await receiveOne(queue)).deliveryCount, 3);
    },
  },
  {
    name: "moves a message to dead-letter after the maximum number of deliveries, with the last reason",
    async run({ queue, another, maximumDeliveries, advance, visibilitySeconds }) {
      const { id } = await queue.send("poison");
      await queue.send("wholesome");
      for (let delivery = 1; delivery <= maximumDeliveries; ) {
        const message = await receiveOne(queue);
        if (message.body === "wholesome") continue;
        assert.equal(message.deliveryCount, delivery);
        await queue.release(message.receipt, { reason: `failure ${delivery}` });
        delivery += 1;
      }
      await advance(visibilitySeconds + 1);
      assert.deepEqual(
        (await another.receive({ maximum: 10 })).map(({ body }) => body),
        ["wholesome"],
      );
      const [letter, ...others] = await another.deadLetters();
      assert.deepEqual(others, []);
      assert.equal(letter?.id, id);
      assert.equal(letter.body, "poison");
      assert.equal(letter.deliveryCount, maximumDeliveries);
      assert.equal(letter.reason, `failure ${maximumDeliveries}`);
      assert.ok(Math.abs(letter.enqueuedAt.getTime() - Date.now()) < 3_600_000);
      assert.ok(letter.deadLetteredAt.getTime() >= letter.enqueuedAt.getTime());
    },
  },
  {
    name: "moves a message that was never finished to dead-letter, and says so",
    async run({ queue, maximumDeliveries, advance }) {
      await queue.send("body");
      await queue.release((await receiveOne(queue)).receipt, { reason: "an earlier failure" });
      for (let delivery = 2; delivery <= maximumDeliveries; delivery += 1) {
        assert.equal((await receiveOne(queue, { visibilitySeconds: 1 })).deliveryCount, delivery);
        await advance(2);
      }
      await receivesNothing(queue);
      assert.deepEqual(
        (await queue.deadLetters()).map(({ reason }) => reason),
        ["not finished within the visibility timeout"],
      );
    },
  },
  {
    name: "refuses a stale receipt, and leaves the message to its new receiver",
    async run({ queue, another, advance }) {
      await queue.send("body");
      const first = await receiveOne(queue, { visibilitySeconds: 1 });
      await advance(2);
      const second = await receiveOne(another, { visibilitySeconds: 5 });
      for (const call of [
        () => queue.delete(first.receipt),
        () => queue.extend(first.receipt, 0),
        () => queue.extend(first.receipt, Math.min(1000, queue.limits.maximumVisibilitySeconds)),
        () => queue.release(first.receipt, { reason: "late" }),
      ])
        await assert.rejects(call(), stale);
      await receivesNothing(queue);
      await advance(6);
      assert.equal((await receiveOne(queue)).deliveryCount, 3);
      await assert.rejects(queue.delete("no receipt at all"), stale);
      assert.notEqual(second.receipt, first.receipt);
    },
  },
  {
    name: "takes a receipt whose time is over as long as nobody else has the message",
    needs: "keepsLateReceipts",
    async run({ capabilities, queue, advance }) {
      await queue.send("body");
      const { receipt } = await receiveOne(queue, { visibilitySeconds: 1 });
      await advance(2);
      await queue.extend(receipt, 5);
      await receivesNothing(queue);
      await queue.delete(receipt);
      await assertDepth({ capabilities }, queue, { visible: 0, inFlight: 0, deadLettered: 0 });
    },
    async without({ queue, advance }) {
      await queue.send("body");
      const { receipt } = await receiveOne(queue, { visibilitySeconds: 1 });
      await advance(2);
      await assert.rejects(queue.extend(receipt, 5), stale);
      await assert.rejects(queue.delete(receipt), stale);
      await assert.rejects(queue.release(receipt, { reason: "late" }), stale);
      assert.equal((await receiveOne(queue)).deliveryCount, 2);
    },
  },
  {
    name: "counts what waits, what is in flight and what is in dead-letter",
    async run({ capabilities, queue, another, advance, maximumDeliveries }) {
      await assertDepth({ capabilities }, queue, { visible: 0, inFlight: 0, deadLettered: 0 });
      for (const body of ["1", "2", "3"]) await queue.send(body);
      await assertDepth({ capabilities }, another, { visible: 3, inFlight: 0, deadLettered: 0 });
      const first = await receiveOne(queue, { visibilitySeconds: 3 });
      const second = await receiveOne(queue, { visibilitySeconds: 3 });
      await assertDepth({ capabilities }, another, { visible: 1, inFlight: 2, deadLettered: 0 });
      await queue.delete(first.receipt);
      await assertDepth({ capabilities }, another, { visible: 1, inFlight: 1, deadLettered: 0 });
      await queue.release(second.receipt, { reason: "again", delaySeconds: 3 });
      for (let round = 1; round <= maximumDeliveries; round += 1) {
        await advance(4);
        for (const { receipt } of await queue.receive({ maximum: 10 }))
          await queue.release(receipt, { reason: "poison" });
      }
      await receivesNothing(queue);
      await assertDepth({ capabilities }, another, { visible: 0, inFlight: 0, deadLettered: 2 });
    },
  },
  {
    name: "counts a message that was released with a delay as visible",
    needs: "countsReleasedAsVisible",
    async run({ capabilities, queue, another }) {
      await queue.send("body");
      await queue.release((await receiveOne(queue)).receipt, { reason: "again", delaySeconds: 3 });
      await assertDepth({ capabilities }, another, { visible: 1, inFlight: 0, deadLettered: 0 });
    },
    async without({ capabilities, queue, another }) {
      await queue.send("body");
      await queue.release((await receiveOne(queue)).receipt, { reason: "again", delaySeconds: 3 });
      await assertDepth({ capabilities }, another, { visible: 0, inFlight: 1, deadLettered: 0 });
    },
  },
  {
    name: "counts a message that was sent with a delay as visible",
    needs: "countsDelayedAsVisible",
    async run({ capabilities, queue, another }) {
      await queue.send("later", { delaySeconds: 10 });
      await assertDepth({ capabilities }, another, { visible: 1, inFlight: 0, deadLettered: 0 });
    },
    async without({ capabilities, queue, another }) {
      const sending = queue.send("later", { delaySeconds: 10 });
      if (!capabilities.delaysMessages.supported)
        return await assert.rejects(sending, { code: "invalid-queue-options" });
      await sending;
      await assertDepth({ capabilities }, another, { visible: 0, inFlight: 1, deadLettered: 0 });
    },
  },
  {
    name: "gives at most as many dead letters as were asked for",
    async run({ queue, maximumDeliveries }) {
      for (let number = 0; number < 3; number += 1) await queue.send(`${number}`);
      for (let released = 0; released < 3 * maximumDeliveries; released += 1)
        await queue.release((await receiveOne(queue)).receipt, { reason: "poison" });
      await receivesNothing(queue);
      assert.equal((await queue.deadLetters({ limit: 2 })).length, 2);
      assert.equal(new Set((await queue.deadLetters({ limit: 10 })).map(({ id }) => id)).size, 3);
    },
  },
];
