import { staleReceipt } from "./queue-options.ts";

/** A delivery, as its receipt tells it. */
export interface Delivery {
  id: string;
  /** The service's own receipt; a new one after each change of the message. */
  popReceipt: string;
  deliveryCount: number;
  enqueuedAt: Date;
  /** The message's text, which a change of it needs. */
  text: string;
}

/** Deliveries whose service's receipt has changed; of those that nobody ends the oldest are forgotten. */
const maximumChanged = 10_000;

/**
 * Receipts that any client can use; the service's own receipt changes when a delivery is extended, which only the
 * client that extended it knows.
 */
export function createReceipts() {
  /** By the first receipt of the service's: the present one, undefined when the delivery has ended. */
  const changed = new Map<string, Promise<string | undefined>>();

  return {
    create: ({ id, popReceipt, deliveryCount, enqueuedAt, text }: Delivery) =>
      [id, popReceipt, deliveryCount, enqueuedAt.getTime(), text].join(":"),
    /**
     * Runs the changes of one delivery one after the other, each with the service's present receipt.
     * @param change returns the service's new receipt; undefined when the delivery has ended
     * @throws ApiError `receipt-stale` where the text is no receipt, or the delivery has ended.
     */
    async change(
      receipt: string,
      change: (delivery: Delivery) => Promise<string | undefined>,
    ): Promise<void> {
      const first = parse(receipt);
      const name = `${first.id}:${first.popReceipt}`;
      const before = changed.get(name) ?? Promise.resolve(first.popReceipt);
      const outcome = before.then((popReceipt) => {
        if (popReceipt === undefined) throw staleReceipt();
        return change({ ...first, popReceipt });
      });
      const after = outcome.catch(() => before);
      changed.delete(name);
      changed.set(name, after);
      for (const oldest of changed.keys())
        if (changed.size > maximumChanged) changed.delete(oldest);
        else break;
      const popReceipt = await after;
      // The service itself refuses the first receipt from now on, or takes it still.
      if (changed.get(name) === after && (popReceipt === undefined || popReceipt === first.popReceipt))
        changed.delete(name);
      await outcome;
    },
  };
}

function parse(receipt: string): Delivery {
  const [, id, popReceipt, deliveryCount, enqueuedAt, text] =
    /^([^:]+):([^:]+):(\d+):(\d+):(.*)$/s.exec(receipt) ?? [];
  if (id === undefined || popReceipt === undefined || text === undefined) throw staleReceipt();
  return {
    id,
    popReceipt,
    deliveryCount: Number(deliveryCount),
    enqueuedAt: new Date(Number(enqueuedAt)),
    text,
  };
}
