import type { DequeuedMessageItem, QueueClient } from "@azure/storage-queue";
import type { createDeadLetters } from "./azure-storage-queue-dead-letters.ts";
import type { createReceipts, Delivery } from "./azure-storage-queue-receipts.ts";
import type { createSettings } from "./azure-storage-queue-settings.ts";
import { decodeText } from "./azure-storage-queue-text.ts";
import type { QueueMessage, ReceiveOptions } from "./queue.ts";
import { notFinished } from "./queue-options.ts";

interface TakeParts {
  client: QueueClient;
  settings: ReturnType<typeof createSettings>;
  deadLetters: ReturnType<typeof createDeadLetters>;
  receipts: ReturnType<typeof createReceipts>;
}

/** Takes what is visible, and moves what was delivered too often to dead-letter before anyone sees it. */
export function createTake({ client, settings, deadLetters, receipts }: TakeParts) {
  /** First put there, then deleted here: whoever is stopped in between leaves it in both. */
  async function bury(delivery: Delivery): Promise<void> {
    const { note } = decodeText(delivery.text);
    // What was noted at an earlier delivery says nothing of the last one.
    const reason = note?.delivery === delivery.deliveryCount - 1 ? note.reason : notFinished;
    // This delivery is none: it was for the move.
    await deadLetters.add({ ...delivery, deliveryCount: delivery.deliveryCount - 1 }, reason);
    await client.deleteMessage(delivery.id, delivery.popReceipt);
  }

  function messageOf(delivery: Delivery): QueueMessage {
    return {
      id: delivery.id,
      body: decodeText(delivery.text).body,
      deliveryCount: delivery.deliveryCount,
      enqueuedAt: delivery.enqueuedAt,
      receipt: receipts.create(delivery),
    };
  }

  return {
    async some({ maximum = 1, visibilitySeconds }: ReceiveOptions): Promise<QueueMessage[]> {
      const { maximumDeliveries, visibilitySeconds: usual } = await settings.read();
      for (;;) {
        const { receivedMessageItems } = await client.receiveMessages({
          numberOfMessages: maximum,
          visibilityTimeout: Math.max(1, Math.ceil(visibilitySeconds ?? usual)),
        });
        const deliveries = receivedMessageItems.map(deliveryOf);
        const due = deliveries.filter(({ deliveryCount }) => deliveryCount <= maximumDeliveries);
        const spent = deliveries.filter(({ deliveryCount }) => deliveryCount > maximumDeliveries);
        const buried = await Promise.allSettled(spent.map(bury));
        // One that could not be moved is hidden, and comes back; what else came must not wait for it.
        if (due.length > 0) return due.map(messageOf);
        for (const outcome of buried) if (outcome.status === "rejected") throw outcome.reason;
        if (deliveries.length === 0) return [];
      }
    },
    async giveBack(messages: QueueMessage[]): Promise<void> {
      await Promise.allSettled(
        messages.map(({ receipt }) =>
          receipts.change(receipt, async ({ id, popReceipt }) => {
            await client.updateMessage(id, popReceipt, undefined, 0);
            return undefined;
          }),
        ),
      );
    },
  };
}

function deliveryOf(item: DequeuedMessageItem): Delivery {
  return {
    id: item.messageId,
    popReceipt: item.popReceipt,
    deliveryCount: item.dequeueCount,
    enqueuedAt: item.insertedOn,
    text: item.messageText,
  };
}
