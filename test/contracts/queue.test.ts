import assert from "node:assert/strict";
import type { Queue } from "../../runtime/queue/queue.ts";
import { createLocalFixture } from "../runtime/queue/local-fixture.ts";
import { firstFailedCase } from "./contract.ts";
import { queueCases } from "./queue.ts";

type Break = (queue: Queue) => Partial<Queue>;

/** Drivers with one fault each; a contract that passes one of them promises nothing. */
const brokenDrivers: { [fault: string]: Break } = {
  "send stores nothing": () => ({ send: async () => ({ id: "1" }) }),
  "send tells another id": (queue) => ({
    send: async (body, options) => ({ id: `${(await queue.send(body, options)).id}0` }),
  }),
  "send stores twice": (queue) => ({
    async send(body, options) {
      await queue.send(body, options);
      return queue.send(body, options);
    },
  }),
  "send ignores the delay": (queue) => ({ send: (body) => queue.send(body) }),
  "send trims the body": (queue) => ({ send: (body, options) => queue.send(body.trim() || body, options) }),
  "send cuts a body that is too large": (queue) => ({
    send: (body, options) => queue.send(body.slice(0, queue.limits.maximumMessageBytes / 2), options),
  }),
  "receive gets nothing": () => ({ receive: async () => [] }),
  "receive gets one message too few": (queue) => ({
    receive: async (options) => (await queue.receive(options)).slice(1),
  }),
  "receive ignores its options": (queue) => ({ receive: () => queue.receive() }),
  "receive ignores the maximum": (queue) => ({
    receive: (options) => queue.receive({ ...options, maximum: options?.maximum === 11 ? 11 : 10 }),
  }),
  "receive does not wait": (queue) => ({
    receive: (options) => queue.receive({ ...options, waitSeconds: 0 }),
  }),
  "receive ignores the abort signal": (queue) => ({
    receive: ({ signal: _, ...options } = {}) => queue.receive(options),
  }),
  "receive ignores the visibility": (queue) => ({
    receive: ({ visibilitySeconds: _, ...options } = {}) => queue.receive(options),
  }),
  "receive does not hide": (queue) => ({
    receive: (options) => queue.receive({ ...options, visibilitySeconds: 0 }),
  }),
  "receive deletes": (queue) => ({
    async receive(options) {
      const messages = await queue.receive(options);
      for (const { receipt } of messages) await queue.delete(receipt);
      return messages;
    },
  }),
  "receive counts from zero": (queue) => ({
    receive: async (options) =>
      (await queue.receive(options)).map((message) => ({
        ...message,
        deliveryCount: message.deliveryCount - 1,
      })),
  }),
  "receive tells the time of 1970": (queue) => ({
    receive: async (options) =>
      (await queue.receive(options)).map((message) => ({ ...message, enqueuedAt: new Date(0) })),
  }),
  "delete deletes nothing": () => ({ delete: async () => undefined }),
  "delete takes every receipt": (queue) => ({
    delete: (receipt) => queue.delete(receipt).catch(() => undefined),
  }),
  "extend extends nothing": () => ({ extend: async () => undefined }),
  "extend does not shorten": (queue) => ({
    extend: async (receipt, seconds) => (seconds > 0 ? queue.extend(receipt, seconds) : undefined),
  }),
  "extend takes every receipt": (queue) => ({
    extend: (receipt, seconds) =>
      queue.extend(receipt, seconds).catch((error) => {
        if (error.code !== "receipt-stale") throw error;
      }),
  }),
  "release releases nothing": () => ({ release: async () => undefined }),
  "release deletes": (queue) => ({ release: (receipt) => queue.delete(receipt) }),
  "release ignores the delay": (queue) => ({
    release: (receipt, { reason }) => queue.release(receipt, { reason }),
  }),
  "release forgets the reason": (queue) => ({
    release: (receipt, options) => queue.release(receipt, { ...options, reason: "" }),
  }),
  "depth is always zero": () => ({ depth: async () => ({ visible: 0, inFlight: 0, deadLettered: 0 }) }),
  "depth counts what is in flight as visible": (queue) => ({
    async depth() {
      const { visible, inFlight, deadLettered } = await queue.depth();
      return { visible: Number(visible) + Number(inFlight), inFlight: 0, deadLettered };
    },
  }),
  "depth forgets dead-letter": (queue) => ({
    depth: async () => ({ ...(await queue.depth()), deadLettered: 0 }),
  }),
  "deadLetters finds nothing": () => ({ deadLetters: async () => [] }),
  "deadLetters ignores the limit": (queue) => ({ deadLetters: () => queue.deadLetters() }),
  "deadLetters forgets the count": (queue) => ({
    deadLetters: async (options) =>
      (await queue.deadLetters(options)).map((letter) => ({ ...letter, deliveryCount: 0 })),
  }),
  "close closes nothing": () => ({ close: async () => undefined }),
};

describe("queue contract", () => {
  for (const [fault, breakDriver] of Object.entries(brokenDrivers))
    it(`does not pass a driver whose ${fault}`, async () => {
      const failed = await firstFailedCase(queueCases, async () => {
        const fixture = await createLocalFixture();
        const { queue, another } = fixture;
        return {
          ...fixture,
          queue: { ...queue, ...breakDriver(queue) },
          another: { ...another, ...breakDriver(another) },
        };
      });
      assert.notEqual(failed, undefined);
    });
});
