import { newPipeline, QueueClient } from "@azure/storage-queue";
import { azureCredential } from "../azure/credential.ts";
import { azureErrorCode, azureFailure, wasRetried } from "../azure/errors.ts";
import {
  type AzureServiceOptions,
  eachTry,
  endpointProblem,
  retryOptions,
  serviceUrl,
} from "../azure/service.ts";
import { backEndError } from "../back-end-errors.ts";
import { invalidInput } from "../errors.ts";
import { createDeadLetters, mostAtOnce } from "./azure-storage-queue-dead-letters.ts";
import { createPolls, type PollOptions } from "./azure-storage-queue-polls.ts";
import { createReceipts, type Delivery } from "./azure-storage-queue-receipts.ts";
import { createSettings } from "./azure-storage-queue-settings.ts";
import { createTake } from "./azure-storage-queue-take.ts";
import { azureStorageQueueLimits, decodeText, encodeText } from "./azure-storage-queue-text.ts";
import type { Queue, QueueMessage, ReceiveOptions } from "./queue.ts";
import {
  checkDeadLetterOptions,
  checkMessageBody,
  checkReceiveOptions,
  checkSeconds,
  queueClosed,
  staleReceipt,
} from "./queue-options.ts";

export interface AzureStorageQueueOptions extends AzureServiceOptions {
  name: string;
  /** The queue where messages go that were delivered too often; in the same account. */
  deadLetters: string;
  poll?: Partial<PollOptions>;
  /** Milliseconds since 1970. Default: Date.now. */
  now?: () => number;
  /** 0 to 1, exclusive. Default: Math.random. */
  random?: () => number;
}

/** How long `close` waits for requests under way, so that what they receive is given back. */
const closeSeconds = 5;

/**
 * A queue of Azure Storage. Who we are is told by an access token (azure/credential.ts), never by a key; the SDK tries
 * each request up to five times. Maximum of deliveries and visibility are metadata of the queue. Seconds are rounded
 * up. A wait is polling, within about two seconds of an arrival.
 *
 * The service knows no dead letters: whoever receives a message once more than allowed moves it, before anyone sees
 * it; a release of the last delivery moves it at once, whatever its delay. It tells neither what is delayed from what
 * is in flight (`depth` counts both as in flight), nor, where 32 or more wait, either of them from what is visible
 * (then all count as visible).
 * @throws ApiError `invalid-queue-url` (400).
 */
export function createAzureStorageQueue(options: AzureStorageQueueOptions): Queue {
  const { name, now = Date.now, random = Math.random } = options;
  const limits = azureStorageQueueLimits;
  const message = endpointProblem(options.endpoint);
  if (message !== undefined)
    throw invalidInput("invalid-queue-url", [{ path: "queue", message }], "queue URL");
  const [client, deadLetterClient] = [name, options.deadLetters].map((part) => clientOf(options, part)) as [
    QueueClient,
    QueueClient,
  ];
  const settings = createSettings({ queue: client, now });
  const deadLetters = createDeadLetters(deadLetterClient);
  const receipts = createReceipts();
  const polls = createPolls(options.poll ?? {}, random);
  const take = createTake({ client, settings, deadLetters, receipts });
  const closing = new AbortController();
  const underWay = new Set<Promise<unknown>>();

  /** Runs a call with its errors translated. */
  async function translated<Result>(call: () => Promise<Result>): Promise<Result> {
    if (closing.signal.aborted) throw queueClosed(name);
    try {
      return await call();
    } catch (error) {
      throw translate(error, name);
    }
  }

  /** What comes after the signal is given back. */
  async function takeUntil(signal: AbortSignal, receiveOptions: ReceiveOptions): Promise<QueueMessage[]> {
    const aborted = Promise.withResolvers<QueueMessage[]>();
    const stop = () => aborted.resolve([]);
    signal.addEventListener("abort", stop);
    const taking = take.some(receiveOptions);
    const settled = taking
      .then((messages) => (signal.aborted ? take.giveBack(messages) : undefined))
      .catch(() => undefined)
      .finally(() => underWay.delete(settled));
    underWay.add(settled);
    try {
      const messages = await Promise.race([taking, aborted.promise]);
      return signal.aborted ? [] : messages;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async function receive(receiveOptions: ReceiveOptions): Promise<QueueMessage[]> {
    checkReceiveOptions(receiveOptions, limits);
    const deadline = now() + (receiveOptions.waitSeconds ?? 0) * 1000;
    const signal = AbortSignal.any([
      closing.signal,
      ...(receiveOptions.signal ? [receiveOptions.signal] : []),
    ]);
    while (!signal.aborted) {
      const messages = await takeUntil(signal, receiveOptions);
      if (messages.length > 0) polls.wake();
      if (messages.length > 0 || now() >= deadline) return messages;
      await polls.next(deadline - now(), signal);
    }
    return [];
  }

  /** Its reason is kept in its text. */
  async function release(delivery: Delivery, reason: string, delaySeconds: number): Promise<undefined> {
    const { id, popReceipt, deliveryCount, text } = delivery;
    const { maximumDeliveries } = await settings.read();
    if (deliveryCount >= maximumDeliveries) {
      // Nobody else may have it: that would be told only after it was put into dead-letter.
      const held = await client.updateMessage(id, popReceipt, undefined, 60);
      await deadLetters.add(delivery, reason);
      await client.deleteMessage(id, held.popReceipt ?? popReceipt);
      return undefined;
    }
    const noted = encodeText(decodeText(text).body, { reason, delivery: deliveryCount });
    await client.updateMessage(id, popReceipt, noted, Math.ceil(delaySeconds));
    polls.wake();
    return undefined;
  }

  return {
    limits,
    send: (body, { delaySeconds = 0 } = {}) =>
      translated(async () => {
        checkMessageBody(body, limits);
        checkSeconds({ delaySeconds: { seconds: delaySeconds, maximum: limits.maximumDelaySeconds } });
        const { messageId } = await client.sendMessage(encodeText(body) ?? body, {
          visibilityTimeout: Math.ceil(delaySeconds),
          // By default a message goes after seven days.
          messageTimeToLive: -1,
        });
        polls.wake();
        return { id: messageId };
      }),
    receive: (receiveOptions = {}) => translated(() => receive(receiveOptions)),
    delete: (receipt) =>
      translated(() =>
        receipts.change(receipt, async ({ id, popReceipt }) => {
          await client.deleteMessage(id, popReceipt).catch((error) => {
            if (azureErrorCode(error) !== "MessageNotFound" || !wasRetried(error)) throw error;
          });
          return undefined;
        }),
      ),
    extend: (receipt, visibilitySeconds) =>
      translated(async () => {
        const maximum = limits.maximumVisibilitySeconds;
        checkSeconds({ visibilitySeconds: { seconds: visibilitySeconds, maximum } });
        await receipts.change(receipt, async ({ id, popReceipt }) => {
          const seconds = Math.ceil(visibilitySeconds);
          const changed = await client.updateMessage(id, popReceipt, undefined, seconds);
          return changed.popReceipt ?? popReceipt;
        });
        if (visibilitySeconds === 0) polls.wake();
      }),
    release: (receipt, { reason, delaySeconds = 0 }) =>
      translated(async () => {
        checkSeconds({ delaySeconds: { seconds: delaySeconds, maximum: limits.maximumDelaySeconds } });
        await receipts.change(receipt, (delivery) => release(delivery, reason, delaySeconds));
      }),
    depth: () =>
      translated(async () => {
        const [all, dead, { peekedMessageItems }] = await Promise.all([
          client.getProperties(),
          deadLetterClient.getProperties(),
          client.peekMessages({ numberOfMessages: mostAtOnce }),
        ]);
        const total = all.approximateMessagesCount ?? 0;
        const visible = peekedMessageItems.length;
        return {
          visible: visible < mostAtOnce ? visible : Math.max(total, visible),
          inFlight: visible < mostAtOnce ? Math.max(0, total - visible) : 0,
          deadLettered: dead.approximateMessagesCount ?? 0,
        };
      }),
    deadLetters: ({ limit = 100 } = {}) =>
      translated(async () => {
        checkDeadLetterOptions({ limit });
        return deadLetters.look(limit);
      }),
    async close() {
      closing.abort();
      const waiting = AbortSignal.timeout(closeSeconds * 1000);
      const isLate = new Promise((resolve) => waiting.addEventListener("abort", resolve));
      await Promise.race([Promise.all(underWay), isLate]);
    },
  };
}

function clientOf(options: AzureStorageQueueOptions, name: string): QueueClient {
  const pipeline = newPipeline(azureCredential(), { retryOptions });
  pipeline.factories.push(eachTry);
  return new QueueClient(`${serviceUrl("queue", options)}/${name}`, pipeline);
}

/** An ApiError for what is known; the rest as it is. */
function translate(error: unknown, name: string): unknown {
  if (["MessageNotFound", "PopReceiptMismatch"].includes(azureErrorCode(error) ?? "")) return staleReceipt();
  const failure = azureFailure(error);
  return failure === undefined ? error : backEndError("queue", failure, { name, cause: error });
}
