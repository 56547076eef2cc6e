import type { DequeuedMessageItem, PeekedMessageItem, QueueClient } from "@azure/storage-queue";
import type { Delivery } from "./azure-storage-queue-receipts.ts";
import { decodeText, encodeText } from "./azure-storage-queue-text.ts";
import type { DeadLetter } from "./queue.ts";

/** The service shows so many at most without hiding them, and gives so many at once. */
export const mostAtOnce = 32;

/** How long those that are looked at are hidden from others who look; given back at once when all are read. */
const lookSeconds = 30;

/** What a dead letter says where its message left no room for a reason. */
const noReason = "not recorded: the message leaves no room for a reason";

/** A second queue, whose messages carry what they were before. */
export function createDeadLetters(queue: QueueClient) {
  /** Looks at more than the service shows: each is taken, and given back. */
  async function takeAndGiveBack(limit: number): Promise<DequeuedMessageItem[]> {
    const taken: DequeuedMessageItem[] = [];
    try {
      while (taken.length < limit) {
        const { receivedMessageItems } = await queue.receiveMessages({
          numberOfMessages: Math.min(mostAtOnce, limit - taken.length),
          visibilityTimeout: lookSeconds,
        });
        taken.push(...receivedMessageItems);
        if (receivedMessageItems.length === 0) break;
      }
      return taken;
    } finally {
      for (let first = 0; first < taken.length; first += 16)
        // One that fails comes back by itself.
        await Promise.allSettled(
          taken
            .slice(first, first + 16)
            .map(({ messageId, popReceipt }) => queue.updateMessage(messageId, popReceipt, undefined, 0)),
        );
    }
  }

  return {
    async add({ id, deliveryCount, enqueuedAt, text }: Delivery, reason: string): Promise<void> {
      const note = { reason, delivery: deliveryCount, id, enqueuedAt: enqueuedAt.getTime() };
      // By default a message goes after seven days.
      await queue.sendMessage(encodeText(decodeText(text).body, note) ?? text, { messageTimeToLive: -1 });
    },
    /** The newest first, as far as they came. */
    async look(limit: number): Promise<DeadLetter[]> {
      const { peekedMessageItems } = await queue.peekMessages({
        numberOfMessages: Math.min(mostAtOnce, limit),
      });
      const isAll = peekedMessageItems.length < mostAtOnce || limit <= mostAtOnce;
      const items = isAll ? peekedMessageItems : await takeAndGiveBack(limit);
      // One that was moved twice, since its mover was stopped in between, is one.
      const letters = new Map(items.map((item) => deadLetter(item)).map((letter) => [letter.id, letter]));
      return [...letters.values()].sort(
        (one, other) => other.deadLetteredAt.getTime() - one.deadLetteredAt.getTime(),
      );
    },
  };
}

function deadLetter(item: PeekedMessageItem): DeadLetter {
  const { body, note } = decodeText(item.messageText);
  return {
    id: note?.id ?? item.messageId,
    body,
    deliveryCount: note?.delivery ?? 0,
    reason: note?.reason ?? noReason,
    enqueuedAt: new Date(note?.enqueuedAt ?? item.insertedOn),
    deadLetteredAt: item.insertedOn,
  };
}
