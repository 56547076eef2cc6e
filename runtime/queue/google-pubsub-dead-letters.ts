import type { protos } from "@google-cloud/pubsub";
import type { PubsubCalls } from "./google-pubsub-calls.ts";
import { deadLetter, deadLetterAttributes } from "./google-pubsub-message.ts";
import type { createPubsubSettings } from "./google-pubsub-settings.ts";
import type { DeadLetter, QueueMessage } from "./queue.ts";

type Received = protos.google.pubsub.v1.IReceivedMessage;

/** How long one look waits for what it has not seen yet: an answer at once may be empty while messages are there. */
const lookSeconds = 1;

export function createPubsubDeadLetters({
  calls,
  settings,
  topic,
  subscription,
  signal,
}: {
  calls: PubsubCalls;
  settings: ReturnType<typeof createPubsubSettings>;
  topic: string;
  subscription: string;
  signal: AbortSignal;
}) {
  async function giveBack(taken: Received[]): Promise<void> {
    const ids = taken.map(({ ackId }) => String(ackId));
    if (ids.length > 0) await calls.modifyDeadline(subscription, ids, 0);
  }

  return {
    async add(message: QueueMessage, reason: string): Promise<void> {
      await calls.publish(topic, Buffer.from(message.body), deadLetterAttributes(message, reason));
    },
    /** Takes them and gives them back; the newest first, as far as they came. */
    async peek(limit: number): Promise<DeadLetter[]> {
      const { maximumDeliveries } = await settings.read();
      const seen = new Map<string, DeadLetter>();
      const taken: Received[] = [];
      try {
        while (seen.size < limit) {
          const pulled = await calls.pull(subscription, {
            maximum: limit - seen.size,
            waitSeconds: lookSeconds,
            signal,
          });
          if (pulled.length === 0) break;
          taken.push(...pulled);
          for (const received of pulled)
            seen.set(String(received.message?.messageId), deadLetter(received, maximumDeliveries));
        }
      } finally {
        await giveBack(taken);
      }
      return [...seen.values()].sort(
        (one, other) => other.deadLetteredAt.getTime() - one.deadLetteredAt.getTime(),
      );
    },
  };
}
