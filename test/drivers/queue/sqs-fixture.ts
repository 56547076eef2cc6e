import { randomUUID } from "node:crypto";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createQueue } from "../../../runtime/queue/create-queue.ts";
import { supported } from "../../contracts/contract.ts";
import type { QueueCapabilities } from "../../contracts/queue.ts";
import { account, moto, region } from "../aws.ts";
import { createHttpFaults } from "../http-faults.ts";
import { waitSeconds } from "../wait.ts";

export const sqsCapabilities: QueueCapabilities = {
  keepsLateReceipts: {
    supported: false,
    reason: "SQS takes a late receipt without a word, whether it still has an effect or not",
  },
  countsReleasedAsVisible: {
    supported: false,
    reason: "SQS delays a released message by its visibility timeout, and counts it as in flight",
  },
  countsDelayedAsVisible: supported,
  countsInFlight: supported,
  delaysMessages: supported,
};

const settings = { maximumDeliveries: 4, visibilitySeconds: 5 };

const jsonError = (status: number, type: string, message: string) => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.0" },
  body: JSON.stringify({ __type: type, message }),
});

async function createQueues(name: string): Promise<void> {
  const client = new SQSClient({ endpoint: moto(), region });
  await client.send(new CreateQueueCommand({ QueueName: `${name}-dead` }));
  const deadLetterTargetArn = `arn:aws:sqs:${region}:${account}:${name}-dead`;
  const Attributes = {
    VisibilityTimeout: String(settings.visibilitySeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: settings.maximumDeliveries }),
  };
  await client.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  client.destroy();
}

export async function createSqsFixture() {
  const name = `contract-${randomUUID()}`;
  await createQueues(name);
  const faults = await createHttpFaults(moto(), {
    throttled: jsonError(403, "com.amazonaws.sqs#RequestThrottled", "Rate exceeded"),
    expired: jsonError(403, "com.amazon.coral.service#ExpiredTokenException", "The token has expired"),
  });
  const urlAt = (endpoint: string, queue = name) =>
    `sqs://${account}/${queue}?deadLetters=${queue}-dead&region=${region}&endpoint=${encodeURIComponent(endpoint)}`;
  const queue = await createQueue(urlAt(moto()));
  const another = await createQueue(urlAt(moto()));
  const behindFaults = await createQueue(urlAt(faults.url));
  const missing = await createQueue(urlAt(moto(), `missing-${randomUUID()}`));
  return {
    ...settings,
    queue,
    another,
    behindFaults,
    missing,
    faults,
    url: urlAt(moto()),
    advance: waitSeconds,
    async dispose() {
      await Promise.all([queue, another, behindFaults, missing].map((client) => client.close()));
      await faults.close();
    },
  };
}
