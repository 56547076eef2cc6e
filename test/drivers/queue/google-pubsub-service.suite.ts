import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type CreateSubscriptionOptions, PubSub } from "@google-cloud/pubsub";
import { createQueue } from "../../../runtime/queue/create-queue.ts";
import type { Queue } from "../../../runtime/queue/queue.ts";
import { emulatorUrl } from "../emulator.ts";

const project = "skyloom-test";

describe("Pub/Sub as a queue", () => {
  const emulator = emulatorUrl("SKYLOOM_TEST_PUBSUB");
  const pubsub = new PubSub({ projectId: project, apiEndpoint: emulator });
  const queues: Queue[] = [];

  async function open(options: (deadLetterTopic: string) => CreateSubscriptionOptions) {
    const name = `service-${randomUUID()}`;
    const [dead] = await pubsub.createTopic(`${name}-dead`);
    await dead.createSubscription(`${name}-dead`);
    const [topic] = await pubsub.createTopic(name);
    await topic.createSubscription(name, options(dead.name));
    const endpoint = encodeURIComponent(emulator);
    const queue = await createQueue(
      `pubsub://${project}/${name}?deadLetters=${name}-dead&endpoint=${endpoint}`,
    );
    queues.push(queue);
    return { queue, topic };
  }

  after(async () => {
    await Promise.all([...queues, pubsub].map((each) => each.close()));
  });

  it("refuses a subscription that cannot keep the queue's promises, with every reason", async () => {
    const { queue } = await open(() => ({}));
    for (const call of [() => queue.receive(), () => queue.depth()])
      await assert.rejects(call(), (error: { code: string; problems: { path: string }[] }) => {
        assert.equal(error.code, "queue-misconfigured");
        assert.deepEqual(
          error.problems.map(({ path }) => path),
          ["enableExactlyOnceDelivery", "deadLetterPolicy.deadLetterTopic"],
        );
        return true;
      });
  });

  it("says that the depth is unknown where only Pub/Sub is emulated", async () => {
    const { queue } = await open((deadLetterTopic) => ({
      enableExactlyOnceDelivery: true,
      deadLetterPolicy: { deadLetterTopic, maxDeliveryAttempts: 5 },
    }));
    const unknown = { visible: undefined, inFlight: undefined, deadLettered: undefined };
    assert.deepEqual(await queue.depth(), unknown);
  });

  it("takes messages of other programs", async () => {
    const { queue, topic } = await open((deadLetterTopic) => ({
      enableExactlyOnceDelivery: true,
      deadLetterPolicy: { deadLetterTopic, maxDeliveryAttempts: 5 },
    }));
    const id = await topic.publishMessage({ data: Buffer.from("from elsewhere") });
    const [message] = await queue.receive({ waitSeconds: 5 });
    assert.deepEqual([message?.id, message?.body, message?.deliveryCount], [id, "from elsewhere", 1]);
  });
});
