import { Queue as MessageQueue } from "@pulumi/aws/sqs/queue.js";
import { QueuePolicy } from "@pulumi/aws/sqs/queuePolicy.js";
import { RedriveAllowPolicy } from "@pulumi/aws/sqs/redriveAllowPolicy.js";
import { interpolate, jsonStringify, type Output } from "@pulumi/pulumi";
import type { Queue } from "../../cloud.ts";
import type { AwsContext } from "./foundation.ts";
import { grant, keyStatements } from "./grants.ts";
import type { AwsKeys } from "./keys.ts";

/** What SQS allows (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html). */
export const queueLimits = { visibilitySeconds: [0, 43_200], maximumDeliveries: [1, 1000] } as const;

const DAYS = 24 * 3600;
const RETENTION = { messages: 7 * DAYS, deadLetters: 14 * DAYS };

/** A queue, and one for what was delivered too often. */
export function createQueue(context: AwsContext, keys: AwsKeys): Queue {
  const { arn, dataOptions, names, settings } = context;
  const deadLetter = createOne(context, keys, "dead-letter", names.deadLetter, {
    messageRetentionSeconds: RETENTION.deadLetters,
  });
  const queue = createOne(context, keys, "queue", names.queue, {
    messageRetentionSeconds: RETENTION.messages,
    visibilityTimeoutSeconds: settings.queue.visibilitySeconds,
    redrivePolicy: jsonStringify({
      deadLetterTargetArn: deadLetter.arn,
      maxReceiveCount: settings.queue.maximumDeliveries,
    }),
  });
  // Apart from the queue, since each names the other.
  new RedriveAllowPolicy(
    "dead-letter",
    {
      queueUrl: deadLetter.url,
      redriveAllowPolicy: JSON.stringify({
        redrivePermission: "byQueue",
        sourceQueueArns: [arn("sqs", names.queue)],
      }),
    },
    dataOptions,
  );
  const receive = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"];
  const look = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"];
  return {
    url: interpolate`sqs://${context.account.id}/${queue.name}?deadLetters=${deadLetter.name}&region=${context.region}`,
    deadLetterUrl: urlOf(context, deadLetter),
    grantSendReceive: (identity) =>
      grant(context, identity, "queue", [
        {
          Effect: "Allow",
          Action: ["sqs:SendMessage", ...receive, ...look],
          Resource: [arn("sqs", names.queue)],
        },
        // Sent there with the reason: what the last receiver gave up.
        {
          Effect: "Allow",
          Action: ["sqs:SendMessage", ...receive, ...look],
          Resource: [arn("sqs", names.deadLetter)],
        },
        ...keyStatements(keys, "write"),
      ]),
    grantDepth: (identity) =>
      grant(context, identity, "queue-depth", [
        { Effect: "Allow", Action: ["sqs:GetQueueAttributes"], Resource: [arn("sqs", names.queue)] },
      ]),
    scaler: {
      type: "aws-sqs-queue",
      metadata: { queueURL: urlOf(context, queue), awsRegion: context.region },
      thresholdName: "queueLength",
      authentication: () => ({ podIdentity: { provider: "aws" } }),
    },
  };
}

/** What SQS will answer as the URL; put together here, it is known in the preview that creates the queue. */
function urlOf({ account, region }: AwsContext, queue: MessageQueue): Output<string> {
  return interpolate`https://sqs.${region}.amazonaws.com/${account.id}/${queue.name}`;
}

function createOne(
  { arn, dataOptions, settings: { deletionProtection }, tags }: AwsContext,
  { data }: AwsKeys,
  resourceName: string,
  name: string,
  settings: ConstructorParameters<typeof MessageQueue>[1],
): MessageQueue {
  const queue = new MessageQueue(
    resourceName,
    {
      name,
      // A receive waits for a message instead of coming back empty, and billed, at once.
      receiveWaitTimeSeconds: 20,
      ...(data === undefined
        ? { sqsManagedSseEnabled: true }
        : { kmsMasterKeyId: data.arn, kmsDataKeyReusePeriodSeconds: 300 }),
      tags,
      ...settings,
    },
    { ...dataOptions, protect: deletionProtection },
  );
  new QueuePolicy(
    resourceName,
    {
      queueUrl: queue.url,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "OnlyTls",
            Effect: "Deny",
            Principal: "*",
            Action: "sqs:*",
            Resource: arn("sqs", name),
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      }),
    },
    dataOptions,
  );
  return queue;
}
