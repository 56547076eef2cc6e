import type { protos } from "@google-cloud/pubsub";
import type { DeadLetter, QueueLimits, QueueMessage } from "./queue.ts";
import { notFinished } from "./queue-options.ts";

/**
 * Pub/Sub takes 10 MB (https://cloud.google.com/pubsub/quotas); ten messages of this size come in one answer. It can
 * delay no message that is sent.
 */
export const pubsubLimits: QueueLimits = {
  maximumMessageBytes: 1 << 20,
  maximumVisibilitySeconds: 600,
  maximumDelaySeconds: 0,
};

/** Its own id outlasts a repeated send and the way to dead-letter, where Pub/Sub gives a new one. */
export const attribute = {
  id: "skyloomId",
  reason: "skyloomReason",
  deliveryCount: "skyloomDeliveryCount",
  enqueuedAt: "skyloomEnqueuedAt",
} as const;

/** Of Pub/Sub's own (https://cloud.google.com/pubsub/docs/handling-failures#dead_letter_topic). */
const forwarded = {
  deliveryCount: "CloudPubSubDeadLetterSourceDeliveryCount",
  enqueuedAt: "CloudPubSubDeadLetterSourceTopicPublishTime",
} as const;

/** An attribute's limit. */
const maximumReasonBytes = 1024;

type Received = protos.google.pubsub.v1.IReceivedMessage;

export function queueMessage({ message, ackId, deliveryAttempt }: Received): QueueMessage {
  return {
    id: idOf(message),
    body: bodyOf(message),
    // Only a subscription with a dead-letter policy counts.
    deliveryCount: Math.max(1, deliveryAttempt ?? 1),
    enqueuedAt: publishTime(message),
    receipt: String(ackId),
  };
}

export function deadLetterAttributes({ id, deliveryCount, enqueuedAt }: QueueMessage, reason: string) {
  return {
    [attribute.id]: id,
    [attribute.reason]: cut(reason || "released without a reason"),
    [attribute.deliveryCount]: String(deliveryCount),
    [attribute.enqueuedAt]: enqueuedAt.toISOString(),
  };
}

/** One without a reason was moved by Pub/Sub itself: nobody released its last delivery. */
export function deadLetter({ message }: Received, maximumDeliveries: number): DeadLetter {
  const value = (name: string) => message?.attributes?.[name];
  const enqueuedAt = value(attribute.enqueuedAt) ?? value(forwarded.enqueuedAt);
  return {
    id: idOf(message),
    body: bodyOf(message),
    deliveryCount: Number(
      value(attribute.deliveryCount) ?? value(forwarded.deliveryCount) ?? maximumDeliveries,
    ),
    reason: value(attribute.reason) ?? notFinished,
    enqueuedAt: enqueuedAt === undefined ? publishTime(message) : new Date(enqueuedAt),
    deadLetteredAt: publishTime(message),
  };
}

function idOf(message: Received["message"]): string {
  return message?.attributes?.[attribute.id] ?? String(message?.messageId);
}

function bodyOf(message: Received["message"]): string {
  return Buffer.from(message?.data ?? "").toString();
}

function publishTime(message: Received["message"]): Date {
  const { seconds, nanos } = message?.publishTime ?? {};
  return new Date(Number(seconds ?? 0) * 1000 + Math.floor((nanos ?? 0) / 1e6));
}

function cut(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maximumReasonBytes) return text;
  // A character that was cut through becomes a replacement character, which may be longer: 3 bytes, as the ellipsis.
  return `${bytes.subarray(0, maximumReasonBytes - 6).toString()}…`;
}
