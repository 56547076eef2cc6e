import { randomUUID } from "node:crypto";
import { ApiError, invalidInput, notFound } from "../errors.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { type CloudEvent, parseCloudEvent } from "./cloud-event.ts";
import type { Queue, QueueMessage } from "./queue.ts";
import { checkMessageBody } from "./queue-options.ts";

/** Where the data of large messages is. A lifecycle rule may remove what is older than a queue keeps a message. */
export const largeMessagePrefix = "messages/";

/** Each is held in memory as a whole, and becomes the input of a run. */
const maximumLargeMessageBytes = 8 << 20;

export interface LargeMessagesOptions {
  queue: Queue;
  store: ObjectStore;
  /** Default: a random UUID. */
  createId?: () => string;
}

/**
 * A queue that also takes events whose data is larger than a message may be: the data goes to the bucket, and the
 * event with its key as `dataref` to the queue. The data is removed when the message was deleted, which is when its
 * effect is durable; that of a dead letter stays, and so does that of a message of which nobody knows whether the
 * queue took it.
 */
export function withLargeMessages({ queue, store, createId = randomUUID }: LargeMessagesOptions): Queue {
  const limits = { ...queue.limits, maximumMessageBytes: maximumLargeMessageBytes };
  /** Receipts of large messages. */
  const keys = new Map<string, string>();

  async function sendLarge(body: string, options: { delaySeconds?: number }): Promise<{ id: string }> {
    checkMessageBody(body, limits);
    const { data, ...event } = parseCloudEvent(body);
    // Too large by its attributes: the queue says so.
    if (data === undefined) return queue.send(body, options);
    const dataref = `${largeMessagePrefix}${createId()}.json`;
    await store.put(dataref, JSON.stringify(data), { ifNoneMatch: "*" });
    try {
      return await queue.send(JSON.stringify({ ...event, dataref }), options);
    } catch (error) {
      if (error instanceof ApiError && error.status < 500) await store.delete(dataref);
      throw error;
    }
  }

  return {
    ...queue,
    limits,
    async send(body, options = {}) {
      if (Buffer.byteLength(body) > queue.limits.maximumMessageBytes) return sendLarge(body, options);
      if (largeMessageKey(body) !== undefined)
        throw invalidInput(
          "invalid-message",
          [{ path: "dataref", message: `must not begin with ${largeMessagePrefix}: the runtime's own` }],
          "message",
        );
      return queue.send(body, options);
    },
    async receive(options) {
      const messages = await queue.receive(options);
      for (const { receipt, body } of messages) {
        const key = largeMessageKey(body);
        if (key !== undefined) keys.set(receipt, key);
      }
      return messages;
    },
    async delete(receipt) {
      await forgetIfStale(keys, receipt, () => queue.delete(receipt));
      const key = keys.get(receipt);
      keys.delete(receipt);
      // The message is gone, whatever becomes of its data: a failure would only have it deleted once more.
      if (key !== undefined) await store.delete(key).catch(() => undefined);
    },
    extend: (receipt, seconds) => forgetIfStale(keys, receipt, () => queue.extend(receipt, seconds)),
    async release(receipt, options) {
      await forgetIfStale(keys, receipt, () => queue.release(receipt, options));
      keys.delete(receipt);
    },
  };
}

/**
 * The event of a message, with the data that its `dataref` points to. Undefined where the data of a large message is
 * gone: then the message was handled before, and this is a duplicate.
 * @throws ApiError `invalid-message` (400), `data-not-found` (404), and what the bucket throws.
 */
export async function readEvent(
  store: Pick<ObjectStore, "get">,
  message: Pick<QueueMessage, "body">,
): Promise<CloudEvent | undefined> {
  const { dataref, ...event } = parseCloudEvent(message.body);
  if (dataref === undefined) return event;
  const object = await store.get(dataref);
  if (object === undefined) {
    if (dataref.startsWith(largeMessagePrefix)) return undefined;
    throw notFound("data-not-found", `dataref: there is no object ${dataref} in the bucket`);
  }
  try {
    return { ...event, data: JSON.parse(Buffer.from(object.body).toString("utf8")) } as CloudEvent;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const message = `must point to an object that holds JSON: ${dataref} does not (${error.message})`;
    throw invalidInput("invalid-message", [{ path: "dataref", message }], "message");
  }
}

/** The key of the data, where the message is one that the runtime made small. */
function largeMessageKey(body: string): string | undefined {
  // Spares most messages the parser.
  if (!body.includes('"dataref"')) return undefined;
  try {
    const { dataref } = JSON.parse(body);
    return typeof dataref === "string" && dataref.startsWith(largeMessagePrefix) ? dataref : undefined;
  } catch {
    return undefined;
  }
}

async function forgetIfStale(
  keys: Map<string, string>,
  receipt: string,
  call: () => Promise<void>,
): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (error instanceof ApiError && error.code === "receipt-stale") keys.delete(receipt);
    throw error;
  }
}
