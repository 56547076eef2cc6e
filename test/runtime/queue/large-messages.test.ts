import assert from "node:assert/strict";
import { readEvent, withLargeMessages } from "../../../runtime/queue/large-messages.ts";
import { describeLargeMessagesContract, type LargeMessagesFixture } from "../../contracts/large-messages.ts";
import { receiveOne } from "../../contracts/queue-delivery.ts";
import { createLocalFixture as createLocalBucket } from "../object-store/local-fixture.ts";
import { createLocalFixture as createLocalQueue } from "./local-fixture.ts";

async function createFixture(): Promise<LargeMessagesFixture> {
  const [bucket, queue] = await Promise.all([createLocalBucket(), createLocalQueue()]);
  return {
    ...queue,
    store: bucket.store,
    capabilities: {},
    async dispose(options) {
      await Promise.all([bucket.dispose(options), queue.dispose(options)]);
    },
  };
}

describeLargeMessagesContract({ name: "local", capabilities: {}, createFixture });

describe("large messages", () => {
  let fixture: LargeMessagesFixture;
  beforeEach(async () => {
    fixture = await createFixture();
  });
  afterEach(() => fixture.dispose({ keep: false }));

  const event = { specversion: "1.0", id: "1", source: "/test", type: "t", time: "2026-01-31T12:00:00Z" };
  const large = { ...event, data: "x".repeat(300_000) };
  const bodyWith = (dataref: string) => ({ body: JSON.stringify({ ...event, dataref }) });

  it("leaves small messages alone", async () => {
    const queue = withLargeMessages(fixture);
    const body = JSON.stringify({ ...event, data: { a: 1 } });
    await queue.send(body);
    assert.equal((await receiveOne(queue)).body, body);
    assert.deepEqual((await fixture.store.list()).objects, []);
  });

  it("reads the data of a sender who put it into the bucket, and leaves it there", async () => {
    const queue = withLargeMessages(fixture);
    await fixture.store.put("mine/data.json", '{"a":1}');
    await queue.send(bodyWith("mine/data.json").body);
    const message = await receiveOne(queue);
    assert.deepEqual(await readEvent(fixture.store, message), { ...event, data: { a: 1 } });
    await queue.delete(message.receipt);
    assert.ok(await fixture.store.head("mine/data.json"));
  });

  it("refuses a dataref among its own, by which a sender could have others' data removed", async () => {
    const queue = withLargeMessages(fixture);
    await assert.rejects(queue.send(bodyWith("messages/1.json").body), {
      status: 400,
      code: "invalid-message",
      message: /dataref: must not begin with messages\//,
    });
  });

  it("says what is wrong with a dataref", async () => {
    await fixture.store.put("broken", "{");
    const read = (dataref: string) => readEvent(fixture.store, bodyWith(dataref));
    await assert.rejects(read("missing"), { status: 404, code: "data-not-found" });
    await assert.rejects(read("broken"), { status: 400, code: "invalid-message", message: /holds JSON/ });
    await assert.rejects(read("../outside"), { status: 400, code: "invalid-key" });
  });

  it("sends nothing where the data cannot be stored", async () => {
    const failure = new Error("the bucket is unavailable");
    const store = { ...fixture.store, put: () => Promise.reject(failure) };
    const queue = withLargeMessages({ ...fixture, store });
    await assert.rejects(queue.send(JSON.stringify(large)), failure);
    assert.deepEqual(await fixture.queue.receive(), []);
  });

  it("keeps the data where nobody knows whether the queue took the message", async () => {
    const { queue, store } = fixture;
    const failure = new Error("the answer was lost");
    const losing = {
      ...queue,
      async send(body: string): Promise<never> {
        await queue.send(body);
        throw failure;
      },
    };
    await assert.rejects(withLargeMessages({ queue: losing, store }).send(JSON.stringify(large)), failure);
    assert.deepEqual(await readEvent(store, await receiveOne(queue)), large);
  });

  it("takes a message for deleted whose data could not be removed", async () => {
    const store = { ...fixture.store, delete: () => Promise.reject(new Error("the bucket is unavailable")) };
    const queue = withLargeMessages({ ...fixture, store });
    await queue.send(JSON.stringify(large));
    await queue.delete((await receiveOne(queue)).receipt);
    assert.deepEqual(await queue.depth(), { visible: 0, inFlight: 0, deadLettered: 0 });
  });
});
