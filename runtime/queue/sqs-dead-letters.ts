import {
  ChangeMessageVisibilityBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { DeadLetter, QueueMessage } from "./queue.ts";
import { notFinished } from "./queue-options.ts";
import { decodeBody, encodeBody, textAttribute } from "./sqs-body.ts";
import type { createSqsSettings } from "./sqs-settings.ts";

/** What a message that the driver moved was before: SQS gives it a new id, and begins to count anew. */
const attribute = {
  reason: "skyloomReason",
  id: "skyloomId",
  deliveryCount: "skyloomDeliveryCount",
  enqueuedAt: "skyloomEnqueuedAt",
} as const;

/** Bytes of UTF-8, well within what the limit of a body leaves. */
const maximumReasonBytes = 4096;

/** How long those that are looked at are hidden from others who look; given back at once when all is read. */
const peekSeconds = 30;

export function createSqsDeadLetters({
  client,
  deadLetterUrl: QueueUrl,
  settings,
}: {
  client: SQSClient;
  deadLetterUrl: string;
  settings: ReturnType<typeof createSqsSettings>;
}) {
  async function take(maximum: number): Promise<Message[]> {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: Math.min(10, maximum),
        // Asks all servers of the queue, where a receive without a wait asks some of them.
        WaitTimeSeconds: 1,
        VisibilityTimeout: peekSeconds,
        MessageSystemAttributeNames: ["SentTimestamp", "ApproximateFirstReceiveTimestamp"],
        MessageAttributeNames: ["All"],
      }),
    );
    return Messages;
  }

  async function giveBack(messages: Message[]): Promise<void> {
    for (let first = 0; first < messages.length; first += 10)
      await client.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl,
          Entries: messages.slice(first, first + 10).map(({ ReceiptHandle }, index) => ({
            Id: String(index),
            ReceiptHandle,
            VisibilityTimeout: 0,
          })),
        }),
      );
  }

  return {
    async add({ id, body, deliveryCount, enqueuedAt }: QueueMessage, reason: string): Promise<void> {
      const { MessageBody, MessageAttributes } = encodeBody(body);
      await client.send(
        new SendMessageCommand({
          QueueUrl,
          MessageBody,
          MessageAttributes: {
            ...MessageAttributes,
            [attribute.reason]: textAttribute(cut(reason)),
            [attribute.id]: textAttribute(id),
            [attribute.deliveryCount]: textAttribute(String(deliveryCount)),
            [attribute.enqueuedAt]: textAttribute(enqueuedAt.toISOString()),
          },
        }),
      );
    },
    /** The newest first, as far as they came. */
    async peek(limit: number): Promise<DeadLetter[]> {
      const { maximumDeliveries } = await settings.read();
      const seen = new Map<string, Message>();
      const taken: Message[] = [];
      try {
        while (seen.size < limit) {
          const messages = await take(limit - seen.size);
          if (messages.length === 0) break;
          taken.push(...messages);
          for (const message of messages) seen.set(String(message.MessageId), message);
        }
      } finally {
        await giveBack(taken);
      }
      return [...seen.values()]
        .map((message) => deadLetter(message, maximumDeliveries))
        .sort((one, other) => other.deadLetteredAt.getTime() - one.deadLetteredAt.getTime());
    },
  };
}

/** Of one that SQS moved by itself the time of that is not known: told is that of its first delivery. */
function deadLetter(message: Message, maximumDeliveries: number): DeadLetter {
  const { Attributes, MessageAttributes } = message;
  const text = (name: string) => MessageAttributes?.[name]?.StringValue;
  const time = (milliseconds: string | undefined) => new Date(Number(milliseconds));
  const reason = text(attribute.reason);
  const body = decodeBody(message);
  if (reason === undefined)
    return {
      id: String(message.MessageId),
      body,
      deliveryCount: maximumDeliveries,
      reason: notFinished,
      enqueuedAt: time(Attributes?.SentTimestamp),
      deadLetteredAt: time(Attributes?.ApproximateFirstReceiveTimestamp),
    };
  return {
    id: String(text(attribute.id)),
    body,
    deliveryCount: Number(text(attribute.deliveryCount)),
    reason,
    enqueuedAt: new Date(String(text(attribute.enqueuedAt))),
    deadLetteredAt: time(Attributes?.SentTimestamp),
  };
}

function cut(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maximumReasonBytes) return text;
  // A character that was cut through becomes one replacement character.
  return `${bytes.subarray(0, maximumReasonBytes).toString()}…`;
}
