import assert from "node:assert/strict";
import {
  deadLetter,
  deadLetterAttributes,
  queueMessage,
} from "../../../runtime/queue/google-pubsub-message.ts";
import { notFinished } from "../../../runtime/queue/queue-options.ts";

const publishTime = { seconds: 1_700_000_000, nanos: 123_000_000 };
const published = new Date(1_700_000_000_123);

const received = (attributes: { [name: string]: string }) => ({
  ackId: "ack",
  deliveryAttempt: 0,
  message: { messageId: "17", data: Buffer.from("Grüße 🌍"), attributes, publishTime },
});

describe("messages of Pub/Sub", () => {
  it("have the service's id where another program sent them, and the sender's own else", () => {
    const expected = { id: "17", body: "Grüße 🌍", deliveryCount: 1, enqueuedAt: published, receipt: "ack" };
    assert.deepEqual(queueMessage(received({})), expected);
    assert.equal(queueMessage(received({ skyloomId: "own" })).id, "own");
  });

  it("that Pub/Sub moved to dead-letter say since when, how often, and that they were not finished", () => {
    const attributes = {
      CloudPubSubDeadLetterSourceDeliveryCount: "7",
      CloudPubSubDeadLetterSourceTopicPublishTime: "2023-11-14T22:00:00.5Z",
    };
    assert.deepEqual(deadLetter(received(attributes), 5), {
      id: "17",
      body: "Grüße 🌍",
      deliveryCount: 7,
      reason: notFinished,
      enqueuedAt: new Date("2023-11-14T22:00:00.500Z"),
      deadLetteredAt: published,
    });
    assert.equal(deadLetter(received({}), 5).deliveryCount, 5);
  });

  it("that the driver moved keep their reason, within what an attribute may hold", () => {
    const message = queueMessage(received({ skyloomId: "own" }));
    const letter = (reason: string) => deadLetter(received(deadLetterAttributes(message, reason)), 5);
    assert.deepEqual(
      [letter("why").id, letter("why").reason, letter("why").deliveryCount],
      ["own", "why", 1],
    );
    assert.deepEqual(letter("why").enqueuedAt, published);
    assert.notEqual(letter("").reason, "");
    for (const reason of ["x".repeat(2000), "ü".repeat(2000), `x${"🌍".repeat(600)}`])
      assert.ok(Buffer.byteLength(letter(reason).reason) <= 1024);
    assert.equal(letter("ü".repeat(512)).reason, "ü".repeat(512));
  });
});
