import assert from "node:assert/strict";
import { ApiError } from "../../../runtime/errors.ts";
import { parseCloudEvent } from "../../../runtime/queue/cloud-event.ts";
import { type Consumer, type ConsumerOptions, startConsumer } from "../../../runtime/queue/consumer.ts";
import type { QueueMessage } from "../../../runtime/queue/queue.ts";
import { createLocalFixture } from "./local-fixture.ts";
import { createDeferred, createManualSleep, createRecordingQueue, messageOf } from "./recording-queue.ts";

const stale = new ApiError("stale", { status: 409, code: "receipt-stale" });
const unavailable = new ApiError("away", { status: 503, code: "queue-unavailable" });

describe("startConsumer", () => {
  let consumer: Consumer | undefined;
  afterEach(() => consumer?.stop());

  function start(options: Partial<ConsumerOptions> & Pick<ConsumerOptions, "queue" | "handle">) {
    const errors: { error: unknown; during: string; message?: QueueMessage }[] = [];
    const sleep = createManualSleep();
    consumer = startConsumer({
      onError: (error, context) => errors.push({ error, ...context }),
      sleep: sleep.sleep,
      random: () => 1,
      ...options,
    });
    return { consumer, errors, sleep };
  }

  describe("on a real queue", () => {
    let fixture: Awaited<ReturnType<typeof createLocalFixture>>;
    beforeEach(async () => {
      fixture = await createLocalFixture();
    });
    afterEach(async () => {
      await consumer?.stop();
      await fixture.dispose({ keep: false });
    });

    it("deletes a message only after its handler has resolved", async () => {
      const { queue } = fixture;
      const handling = createDeferred<string>();
      const finish = createDeferred<void>();
      await queue.send("body");
      const { errors } = start({
        queue,
        async handle(body) {
          handling.resolve(body);
          await finish.promise;
        },
      });
      assert.equal(await handling.promise, "body");
      assert.deepEqual(await queue.depth(), { visible: 0, inFlight: 1, deadLettered: 0 });
      finish.resolve();
      await consumer?.stop();
      assert.deepEqual(await queue.depth(), { visible: 0, inFlight: 0, deadLettered: 0 });
      assert.deepEqual(errors, []);
    });

    it("brings what is no JSON to dead-letter, with the reason, and goes on with the next", async () => {
      const { queue, maximumDeliveries } = fixture;
      const handled = createDeferred<string>();
      await queue.send("no JSON");
      const { errors } = start({
        queue,
        permanentErrorDelaySeconds: 0,
        async handle(body) {
          const { id } = parseCloudEvent(body);
          if (errors.length === maximumDeliveries) handled.resolve(id);
          else throw new Error("too early");
        },
      });
      while ((await queue.deadLetters()).length === 0) await new Promise(setImmediate);
      await queue.send('{"id": "next", "source": "/test", "type": "t", "time": "2026-01-31T12:00:00Z"}');
      assert.equal(await handled.promise, "next");
      await consumer?.stop();
      assert.equal(errors.length, maximumDeliveries);
      const [letter] = await queue.deadLetters();
      assert.equal(letter?.body, "no JSON");
      assert.equal(letter.deliveryCount, maximumDeliveries);
      assert.match(
        letter.reason,
        /^invalid-message: invalid message: is no JSON at position 1 \(line 1, column 2\)/,
      );
      assert.deepEqual(await queue.depth(), { visible: 0, inFlight: 0, deadLettered: 1 });
    });

    it("handles at most as many at the same time as it is told", async () => {
      const { queue } = fixture;
      const finish = createDeferred<void>();
      let running = 0;
      let most = 0;
      let handled = 0;
      for (let number = 0; number < 12; number += 1) await queue.send(`${number}`);
      start({
        queue,
        concurrency: 3,
        async handle() {
          running += 1;
          most = Math.max(most, running);
          if (running === 3) finish.resolve();
          await finish.promise;
          await new Promise(setImmediate);
          running -= 1;
          handled += 1;
        },
      });
      while (handled < 12) await new Promise(setImmediate);
      await consumer?.stop();
      assert.equal(most, 3);
      assert.deepEqual(await queue.depth(), { visible: 0, inFlight: 0, deadLettered: 0 });
    });
  });

  it("waits longer with each failed delivery, up to the maximum, and gives the reason", async () => {
    const queue = createRecordingQueue([1, 2, 3, 4, 9].map((deliveryCount) => messageOf({ deliveryCount })));
    start({
      queue,
      backoff: { initialSeconds: 2, maximumSeconds: 10, factor: 2 },
      handle: async () => {
        throw new Error("the handler's reason");
      },
    });
    await queue.settled(5);
    assert.deepEqual(
      queue.calls.map(({ name, options }) => [name, options]),
      [2, 4, 8, 10, 10].map((delaySeconds) => ["release", { reason: "the handler's reason", delaySeconds }]),
    );
  });

  it("shortens a delay by up to half at random", async () => {
    const queue = createRecordingQueue([messageOf({ deliveryCount: 1 })]);
    start({
      queue,
      backoff: { initialSeconds: 4 },
      random: () => 0,
      handle: () => Promise.reject(new Error("x")),
    });
    await queue.settled(1);
    assert.deepEqual(queue.calls[0]?.options, { reason: "x", delaySeconds: 2 });
  });

  it("waits shortly before it tries what cannot succeed without a change", async () => {
    const queue = createRecordingQueue([messageOf({ deliveryCount: 4 }), messageOf({ deliveryCount: 1 })]);
    const failures = [new ApiError("bad", { status: 400, code: "bad-input" }), unavailable];
    start({ queue, handle: () => Promise.reject(failures.shift()) });
    await queue.settled(2);
    assert.deepEqual(
      queue.calls.map(({ options }) => options),
      [
        { reason: "bad-input: bad", delaySeconds: 0.1 },
        { reason: "queue-unavailable: away", delaySeconds: 1 },
      ],
    );
  });

  it("keeps a message hidden as long as its handler runs", async () => {
    const queue = createRecordingQueue([messageOf({ receipt: "r" })]);
    const finish = createDeferred<void>();
    const { sleep } = start({ queue, visibilitySeconds: 30, handle: () => finish.promise });
    for (let time = 1; time <= 3; time += 1) {
      assert.equal(await sleep.next(), 10);
      await queue.settled(time);
    }
    finish.resolve();
    await queue.settled(4);
    assert.deepEqual(
      queue.calls.map(({ name, receipt, options }) => [name, receipt, options]),
      [...Array.from({ length: 3 }, () => ["extend", "r", 30]), ["delete", "r", undefined]],
    );
  });

  it("tells the handler when its message was lost to another receiver, and leaves the message alone", async () => {
    const queue = createRecordingQueue([messageOf({})], { extend: [stale] });
    const { sleep, errors } = start({
      queue,
      handle: (_body, _message, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    });
    await sleep.next();
    await queue.settled(1);
    await consumer?.stop();
    assert.deepEqual(
      queue.calls.map(({ name }) => name),
      ["extend"],
    );
    assert.deepEqual(
      errors.map(({ during }) => during),
      ["extend", "handle"],
    );
  });

  it("goes on extending after a failure to extend", async () => {
    const queue = createRecordingQueue([messageOf({})], { extend: [unavailable] });
    const finish = createDeferred<void>();
    const { sleep } = start({ queue, handle: () => finish.promise });
    await sleep.next();
    await sleep.next();
    await queue.settled(2);
    finish.resolve();
    await consumer?.stop();
    assert.deepEqual(
      queue.calls.map(({ name }) => name),
      ["extend", "extend", "delete"],
    );
  });

  it("goes on when the queue is away: it waits longer each time, and starts anew after a success", async () => {
    const queue = createRecordingQueue([messageOf({}), messageOf({})], {
      receive: [unavailable, unavailable, undefined, unavailable],
    });
    const { sleep, errors } = start({ queue, handle: async () => undefined, backoff: { initialSeconds: 1 } });
    const waits: number[] = [];
    sleep.onSleep = (seconds) => {
      if (seconds < 10) waits.push(seconds);
    };
    while (queue.calls.length < 2) {
      sleep.wakeAll((seconds) => seconds < 10);
      await new Promise(setImmediate);
    }
    assert.deepEqual(waits, [1, 2, 1]);
    assert.deepEqual(
      errors.map(({ during, error }) => [during, error]),
      Array(3).fill(["receive", unavailable]),
    );
  });

  it("tries three times to delete, then leaves the message to come again", async () => {
    const queue = createRecordingQueue([messageOf({}), messageOf({ receipt: "next" })], {
      delete: [unavailable, unavailable, unavailable],
    });
    const { sleep, errors } = start({ queue, handle: async () => undefined });
    while (queue.calls.length < 4) {
      sleep.wakeAll((seconds) => seconds < 10);
      await new Promise(setImmediate);
    }
    assert.equal(queue.calls[3]?.receipt, "next");
    assert.deepEqual(
      errors.map(({ during }) => during),
      ["settle", "settle", "settle"],
    );
  });

  it("does not try again to delete with a stale receipt", async () => {
    const queue = createRecordingQueue([messageOf({})], { delete: [stale] });
    const { errors } = start({ queue, handle: async () => undefined });
    await queue.settled(1);
    await consumer?.stop();
    assert.equal(queue.calls.length, 1);
    assert.deepEqual(
      errors.map(({ error }) => error),
      [stale],
    );
  });

  it("stops after the handlers that run have ended, and receives nothing more", async () => {
    const queue = createRecordingQueue([messageOf({}), messageOf({})]);
    const finish = createDeferred<void>();
    const handling = createDeferred<void>();
    let hasStopped = false;
    start({
      queue,
      handle() {
        handling.resolve();
        return finish.promise;
      },
    });
    await handling.promise;
    const stopping = consumer?.stop().then(() => {
      hasStopped = true;
    });
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    assert.equal(hasStopped, false);
    assert.equal(queue.calls.length, 0);
    finish.resolve();
    await stopping;
    assert.deepEqual(
      queue.calls.map(({ name }) => name),
      ["delete"],
    );
    assert.equal(queue.waiting(), 1);
  });

  it("stops when its signal aborts, even while it waits for a message", async () => {
    const queue = createRecordingQueue([]);
    const stopped = new AbortController();
    start({ queue, handle: async () => undefined, signal: stopped.signal });
    await new Promise(setImmediate);
    stopped.abort();
    await consumer?.stop();
    assert.equal(queue.receives(), 1);
  });
});
