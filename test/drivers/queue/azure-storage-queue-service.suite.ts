import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { QueueClient } from "@azure/storage-queue";
import { azureCredential } from "../../../runtime/azure/credential.ts";
import { createAzureStorageQueue } from "../../../runtime/queue/azure-storage-queue.ts";
import type { Queue } from "../../../runtime/queue/queue.ts";
import { account, queueEndpoint } from "../azure.ts";

describe("Storage Queue driver", () => {
  const clientOf = (name: string) =>
    new QueueClient(`${queueEndpoint()}/${account()}/${name}`, azureCredential());
  let name: string;
  let queue: Queue;

  async function open(metadata: Record<string, string>): Promise<void> {
    name = `service-${randomUUID()}`;
    await clientOf(name).create({ metadata });
    await clientOf(`${name}-dead`).create();
    const options = { account: account(), endpoint: queueEndpoint(), poll: { maximumSeconds: 0.5 } };
    queue = createAzureStorageQueue({ ...options, name, deadLetters: `${name}-dead` });
  }

  afterEach(() => queue.close());

  it("takes messages that others have sent as plain text, and keeps why they failed", async () => {
    await open({ maximumDeliveries: "2" });
    const body = '{"specversion":"1.0","id":"1"}';
    await clientOf(name).sendMessage(body);
    for (const reason of ["first", "second"]) {
      const [message] = await queue.receive();
      assert.equal(message?.body, body);
      await queue.release(message.receipt, { reason });
    }
    assert.deepEqual(
      (await queue.deadLetters()).map((letter) => [letter.body, letter.reason, letter.deliveryCount]),
      [[body, "second", 2]],
    );
  });

  it("lists more dead letters than the service shows at once, and lists them again", async () => {
    await open({ maximumDeliveries: "1" });
    await Promise.all(Array.from({ length: 70 }, (_, number) => queue.send(`${number}`)));
    for (let buried = 0; buried < 70; ) {
      const messages = await queue.receive({ maximum: 10 });
      await Promise.all(messages.map(({ receipt }) => queue.release(receipt, { reason: "poison" })));
      buried += messages.length;
    }
    for (const limit of [70, 1000, 40]) {
      const letters = await queue.deadLetters({ limit });
      assert.equal(new Set(letters.map(({ id }) => id)).size, Math.min(limit, 70));
    }
    assert.deepEqual(await queue.depth(), { visible: 0, inFlight: 0, deadLettered: 70 });
  });

  it("tells a message twice in dead-letter as one, whose mover was stopped before it could delete it", async () => {
    await open({ maximumDeliveries: "1" });
    await queue.send("poison");
    await queue.receive({ visibilitySeconds: 1 });
    const lame = new QueueClient(`${queueEndpoint()}/${account()}/${name}`, azureCredential());
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const [taken] = (await lame.receiveMessages({ visibilityTimeout: 1 })).receivedMessageItems;
    assert.equal(taken?.dequeueCount, 2);
    await queue.receive({ waitSeconds: 2 });
    const [letter] = await queue.deadLetters();
    const [copy] = (await clientOf(`${name}-dead`).peekMessages()).peekedMessageItems;
    await clientOf(`${name}-dead`).sendMessage(String(copy?.messageText));
    assert.deepEqual(
      (await queue.deadLetters()).map(({ id }) => id),
      [letter?.id],
    );
  });

  it("deletes a message while an extension of it is under way", async () => {
    await open({});
    await queue.send("body");
    const [message] = await queue.receive();
    const receipt = String(message?.receipt);
    await Promise.all([queue.extend(receipt, 30), queue.extend(receipt, 60), queue.delete(receipt)]);
    assert.deepEqual(await queue.depth(), { visible: 0, inFlight: 0, deadLettered: 0 });
  });

  it("refuses metadata that are no settings, all of them at once", async () => {
    await open({ maximumDeliveries: "0", visibilitySeconds: "long" });
    await assert.rejects(queue.receive(), (error: { code: string; problems: { path: string }[] }) => {
      assert.equal(error.code, "invalid-queue-settings");
      assert.deepEqual(
        error.problems.map(({ path }) => path),
        ["maximumDeliveries", "visibilitySeconds"],
      );
      return true;
    });
  });

  it("shows its access token to nobody in the clear", async () => {
    await open({});
    assert.throws(
      () =>
        createAzureStorageQueue({ account: "acc", name: "q-1", deadLetters: "d-1", endpoint: "http://h:1" }),
      { code: "invalid-queue-url" },
    );
  });
});
