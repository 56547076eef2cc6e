import { GetQueueAttributesCommand, type QueueAttributeName, type SQSClient } from "@aws-sdk/client-sqs";
import type { QueueDepth } from "./queue.ts";

export interface SqsSettings {
  /** Infinity where the queue has no dead-letter queue. */
  maximumDeliveries: number;
  visibilitySeconds: number;
}

const counts = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
] as const satisfies QueueAttributeName[];

/** How long settings that were read count. */
const freshMilliseconds = 60_000;

/** What the queue says of itself; its numbers are approximate, as SQS tells no others. */
export function createSqsSettings({
  client,
  queueUrl,
  deadLetterUrl,
  now,
}: {
  client: SQSClient;
  queueUrl: string;
  deadLetterUrl: string;
  now: () => number;
}) {
  let known: { settings: Promise<SqsSettings>; until: number } | undefined;

  async function attributes(QueueUrl: string, AttributeNames: QueueAttributeName[]) {
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    return Attributes ?? {};
  }

  async function readSettings(): Promise<SqsSettings> {
    const { VisibilityTimeout, RedrivePolicy } = await attributes(queueUrl, [
      "VisibilityTimeout",
      "RedrivePolicy",
    ]);
    const maximumDeliveries = Number(JSON.parse(RedrivePolicy ?? "{}").maxReceiveCount ?? Infinity);
    return { maximumDeliveries, visibilitySeconds: Number(VisibilityTimeout) };
  }

  return {
    read(): Promise<SqsSettings> {
      if (known !== undefined && known.until > now()) return known.settings;
      const settings = readSettings();
      known = { settings, until: now() + freshMilliseconds };
      settings.catch(() => {
        known = undefined;
      });
      return settings;
    },
    async depth(): Promise<QueueDepth> {
      const [own, dead] = await Promise.all([
        attributes(queueUrl, [...counts]),
        attributes(deadLetterUrl, [...counts]),
      ]);
      const number = (name: (typeof counts)[number]) => Number(own[name]);
      return {
        visible: number("ApproximateNumberOfMessages") + number("ApproximateNumberOfMessagesDelayed"),
        inFlight: number("ApproximateNumberOfMessagesNotVisible"),
        deadLettered: counts.reduce((sum, name) => sum + Number(dead[name]), 0),
      };
    },
  };
}
