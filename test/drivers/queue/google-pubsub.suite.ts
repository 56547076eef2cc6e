import { randomUUID } from "node:crypto";
import { PubSub } from "@google-cloud/pubsub";
import { createQueue } from "../../../runtime/queue/create-queue.ts";
import { supported } from "../../contracts/contract.ts";
import { describeLargeMessagesContract } from "../../contracts/large-messages.ts";
import { describeRemoteQueueContract } from "../../contracts/queue.ts";
import { emulatorUrl } from "../emulator.ts";
import { createGrpcFaults } from "../grpc-faults.ts";
import { largeMessagesDriver } from "../large-messages.ts";
import { createGoogleCloudStorageFixture } from "../object-store/google-cloud-storage-fixture.ts";

const project = "skyloom-test";
/** The least that Pub/Sub takes. */
const settings = { maximumDeliveries: 5, visibilitySeconds: 10 };

async function createQueues(name: string): Promise<void> {
  const pubsub = new PubSub({ projectId: project, apiEndpoint: emulatorUrl("SKYLOOM_TEST_PUBSUB") });
  const [deadTopic] = await pubsub.createTopic(`${name}-dead`);
  await deadTopic.createSubscription(`${name}-dead`);
  const [topic] = await pubsub.createTopic(name);
  await topic.createSubscription(name, {
    ackDeadlineSeconds: settings.visibilitySeconds,
    enableExactlyOnceDelivery: true,
    deadLetterPolicy: {
      deadLetterTopic: deadTopic.name,
      maxDeliveryAttempts: settings.maximumDeliveries,
    },
  });
  await pubsub.close();
}

async function setClock(aheadSeconds: number): Promise<void> {
  const response = await fetch(`${emulatorUrl("SKYLOOM_TEST_PUBSUB_CONTROL")}/clock`, {
    method: "POST",
    body: JSON.stringify({ aheadSeconds }),
  });
  if (!response.ok) throw new Error(await response.text());
}

async function createPubsubFixture() {
  const name = `contract-${randomUUID()}`;
  let ahead = 0;
  await setClock(0);
  await createQueues(name);
  const emulator = emulatorUrl("SKYLOOM_TEST_PUBSUB");
  const faults = await createGrpcFaults(emulator);
  const monitoring = encodeURIComponent(emulatorUrl("SKYLOOM_TEST_PUBSUB_CONTROL"));
  const urlAt = (endpoint: string, queue = name) =>
    `pubsub://${project}/${queue}?deadLetters=${queue}-dead&endpoint=${encodeURIComponent(endpoint)}&monitoringEndpoint=${monitoring}`;
  const queue = await createQueue(urlAt(emulator));
  const another = await createQueue(urlAt(emulator));
  const behindFaults = await createQueue(urlAt(faults.url));
  const missing = await createQueue(urlAt(emulator, `missing-${randomUUID()}`));
  return {
    ...settings,
    queue,
    another,
    behindFaults,
    missing,
    faults: { ...faults, cutContents: faults.cutConnections },
    url: urlAt(emulator),
    async advance(seconds: number) {
      ahead += seconds;
      await setClock(ahead);
    },
    async dispose() {
      await Promise.all([queue, another, behindFaults, missing].map((client) => client.close()));
      await faults.close();
    },
  };
}

const delayed = { supported: false, reason: "Pub/Sub cannot delay a message that is sent" } as const;

describeRemoteQueueContract({
  name: "google-pubsub",
  capabilities: {
    keepsLateReceipts: {
      supported: false,
      reason: "with exactly-once delivery Pub/Sub refuses a receipt as soon as its time is over",
    },
    countsReleasedAsVisible: supported,
    countsDelayedAsVisible: delayed,
    countsInFlight: {
      supported: false,
      reason: "Cloud Monitoring counts what is not acknowledged, in flight or not",
    },
    delaysMessages: delayed,
  },
  createFixture: createPubsubFixture,
});

describeLargeMessagesContract(
  largeMessagesDriver("google-pubsub", createGoogleCloudStorageFixture, createPubsubFixture),
);
