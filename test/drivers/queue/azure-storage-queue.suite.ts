import { randomUUID } from "node:crypto";
import { QueueClient } from "@azure/storage-queue";
import { azureCredential } from "../../../runtime/azure/credential.ts";
import { createQueue } from "../../../runtime/queue/create-queue.ts";
import { supported } from "../../contracts/contract.ts";
import { describeLargeMessagesContract } from "../../contracts/large-messages.ts";
import { describeRemoteQueueContract } from "../../contracts/queue.ts";
import { account, createAzureFaults, queueEndpoint } from "../azure.ts";
import { largeMessagesDriver } from "../large-messages.ts";
import { createAzureBlobFixture } from "../object-store/azure-blob-fixture.ts";
import { waitSeconds } from "../wait.ts";

const settings = { maximumDeliveries: 4, visibilitySeconds: 5 };

async function createQueues(name: string): Promise<void> {
  const clientOf = (queue: string) =>
    new QueueClient(`${queueEndpoint()}/${account()}/${queue}`, azureCredential());
  const metadata = Object.fromEntries(
    Object.entries(settings).map(([setting, value]) => [setting, String(value)]),
  );
  await clientOf(name).create({ metadata });
  await clientOf(`${name}-dead`).create();
}

async function createAzureFixture() {
  const name = `contract-${randomUUID()}`;
  await createQueues(name);
  const faults = await createAzureFaults(queueEndpoint());
  const urlAt = (endpoint: string, queue = name) =>
    `azqueue://${account()}/${queue}?deadLetters=${queue}-dead&endpoint=${encodeURIComponent(endpoint)}`;
  const queue = await createQueue(urlAt(queueEndpoint()));
  const another = await createQueue(urlAt(queueEndpoint()));
  const behindFaults = await createQueue(urlAt(faults.url));
  const missing = await createQueue(urlAt(queueEndpoint(), `missing-${randomUUID()}`));
  return {
    ...settings,
    queue,
    another,
    behindFaults,
    missing,
    faults,
    url: urlAt(queueEndpoint()),
    advance: waitSeconds,
    async dispose() {
      await Promise.all([queue, another, behindFaults, missing].map((client) => client.close()));
      await faults.close();
    },
  };
}

const delayed = {
  supported: false,
  reason: "Storage Queue tells only how many are not visible, delayed or in flight",
} as const;

describeRemoteQueueContract({
  name: "azure-storage-queue",
  capabilities: {
    keepsLateReceipts: supported,
    countsReleasedAsVisible: delayed,
    countsDelayedAsVisible: delayed,
    countsInFlight: supported,
    delaysMessages: supported,
  },
  createFixture: createAzureFixture,
});

describeLargeMessagesContract(
  largeMessagesDriver("azure-storage-queue", createAzureBlobFixture, createAzureFixture),
);
