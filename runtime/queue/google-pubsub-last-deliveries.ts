import { pubsubLimits } from "./google-pubsub-message.ts";
import type { QueueMessage } from "./queue.ts";

/**
 * Messages in their last delivery: their content is needed once more if they are released. Forgotten when the longest
 * visibility is over; after an extension beyond that Pub/Sub moves the message to dead-letter, without a reason.
 */
export function createLastDeliveries(now: () => number = Date.now) {
  const kept = new Map<string, { message: QueueMessage; until: number }>();

  return {
    keep(message: QueueMessage): void {
      for (const [receipt, { until }] of kept) {
        if (until > now()) break;
        kept.delete(receipt);
      }
      kept.set(message.receipt, {
        message,
        until: now() + pubsubLimits.maximumVisibilitySeconds * 1000,
      });
    },
    find: (receipt: string): QueueMessage | undefined => kept.get(receipt)?.message,
    forget: (receipt: string): void => void kept.delete(receipt),
  };
}
