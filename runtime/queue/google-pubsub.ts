import { randomUUID } from "node:crypto";
import { backEndError } from "../back-end-errors.ts";
import { ApiError } from "../errors.ts";
import { googleFailure } from "../google-errors.ts";
import { createPubsubCalls, isStale } from "./google-pubsub-calls.ts";
import { createPubsubDeadLetters } from "./google-pubsub-dead-letters.ts";
import { createPubsubBacklog } from "./google-pubsub-depth.ts";
import { createLastDeliveries } from "./google-pubsub-last-deliveries.ts";
import { attribute, pubsubLimits, queueMessage } from "./google-pubsub-message.ts";
import { createPubsubSettings } from "./google-pubsub-settings.ts";
import type { Queue, QueueDepth, QueueMessage, ReceiveOptions } from "./queue.ts";
import {
  checkDeadLetterOptions,
  checkMessageBody,
  checkReceiveOptions,
  checkSeconds,
  queueClosed,
  staleReceipt,
} from "./queue-options.ts";

export interface GooglePubsubOptions {
  project: string;
  /** Of a topic and of its subscription. */
  name: string;
  /** Of the topic where messages go that were delivered too often, and of its subscription. */
  deadLetters: string;
  /**
   * Default: the service's, or that of the environment variable PUBSUB_EMULATOR_HOST. One with `http:` is an
   * emulator: it is sent no credentials.
   */
  endpoint?: string | undefined;
  /** Of Cloud Monitoring. Default: the service's; none where Pub/Sub is an emulator: then the depth is unknown. */
  monitoringEndpoint?: string | undefined;
}

/** Keeps a last delivery while its dead letter is written. */
const burialSeconds = 60;

/**
 * A topic of Pub/Sub with a subscription that delivers exactly once, so that a stale receipt is refused: one is stale
 * as soon as its time is over. Maximum of deliveries and visibility are the subscription's own settings. Credentials
 * come from the SDK's default chain, in a cluster from Workload Identity.
 *
 * A release of the last delivery moves the message to dead-letter itself, with its reason, for Pub/Sub keeps none; a
 * message that Pub/Sub moves was not finished in time. Seconds are rounded up. The depth is what Cloud Monitoring
 * knew some minutes ago. A receive that is aborted while a message comes may hide that message for the
 * subscription's own time.
 */
export function createGooglePubsubQueue(options: GooglePubsubOptions): Queue {
  const { project, name, endpoint, monitoringEndpoint } = options;
  const topic = `projects/${project}/topics/${name}`;
  const subscription = `projects/${project}/subscriptions/${name}`;
  const deadLetterTopic = `projects/${project}/topics/${options.deadLetters}`;
  const deadLetterSubscription = `projects/${project}/subscriptions/${options.deadLetters}`;
  const closing = new AbortController();
  const { signal } = closing;
  const calls = createPubsubCalls({ endpoint, signal });
  const settings = createPubsubSettings({ calls, subscription, deadLetterTopic });
  const deadLetters = createPubsubDeadLetters({
    calls,
    settings,
    topic: deadLetterTopic,
    subscription: deadLetterSubscription,
    signal,
  });
  const backlog =
    calls.isEmulator && monitoringEndpoint === undefined
      ? undefined
      : createPubsubBacklog({ calls, project, endpoint: monitoringEndpoint });
  const lastDeliveries = createLastDeliveries();

  /** Runs a call with its errors translated. */
  async function translated<Result>(call: () => Promise<Result>): Promise<Result> {
    if (signal.aborted) throw queueClosed(name);
    try {
      return await call();
    } catch (error) {
      if (signal.aborted) throw queueClosed(name);
      throw translate(error, name);
    }
  }

  async function take(receiveOptions: ReceiveOptions, waitSeconds: number, ending: AbortSignal) {
    const { maximum = 1, visibilitySeconds } = receiveOptions;
    const known = await settings.read();
    const received = await calls.pull(subscription, { maximum, waitSeconds, signal: ending });
    const messages = received.map(queueMessage);
    if (visibilitySeconds !== undefined && messages.length > 0)
      await calls.modifyDeadline(
        subscription,
        messages.map(({ receipt }) => receipt),
        visibilitySeconds,
      );
    for (const message of messages)
      if (message.deliveryCount >= known.maximumDeliveries) lastDeliveries.keep(message);
    return messages;
  }

  async function receive(receiveOptions: ReceiveOptions): Promise<QueueMessage[]> {
    checkReceiveOptions(receiveOptions, pubsubLimits);
    const deadline = performance.now() + (receiveOptions.waitSeconds ?? 0) * 1000;
    const ending = receiveOptions.signal ? AbortSignal.any([signal, receiveOptions.signal]) : signal;
    while (!ending.aborted)
      try {
        const seconds = (deadline - performance.now()) / 1000;
        const messages = await take(receiveOptions, seconds, ending);
        if (messages.length > 0 || performance.now() >= deadline) return messages;
      } catch (error) {
        if (!ending.aborted) throw error;
      }
    return [];
  }

  async function remove(receipt: string): Promise<void> {
    let wasRepeated = false;
    try {
      await calls.acknowledge(subscription, receipt, () => {
        wasRepeated = true;
      });
    } catch (error) {
      // The first try took effect, and only its answer was lost.
      if (!(wasRepeated && isStale(error))) throw error;
    }
    lastDeliveries.forget(receipt);
  }

  async function bury(message: QueueMessage, reason: string): Promise<void> {
    await calls.modifyDeadline(subscription, [message.receipt], burialSeconds);
    await deadLetters.add(message, reason);
    await remove(message.receipt);
  }

  async function depth(): Promise<QueueDepth> {
    await Promise.all([settings.look(), calls.subscription(deadLetterSubscription)]);
    const [visible, deadLettered] = (await backlog?.([name, options.deadLetters])) ?? [];
    return { visible, inFlight: undefined, deadLettered };
  }

  return {
    limits: pubsubLimits,
    send: (body, { delaySeconds = 0 } = {}) =>
      translated(async () => {
        checkMessageBody(body, pubsubLimits);
        checkSeconds({ delaySeconds: { seconds: delaySeconds, maximum: pubsubLimits.maximumDelaySeconds } });
        const id = randomUUID();
        await calls.publish(topic, Buffer.from(body), { [attribute.id]: id });
        return { id };
      }),
    receive: (receiveOptions = {}) => translated(() => receive(receiveOptions)),
    delete: (receipt) => translated(() => remove(receipt)),
    extend: (receipt, visibilitySeconds) =>
      translated(async () => {
        const maximum = pubsubLimits.maximumVisibilitySeconds;
        checkSeconds({ visibilitySeconds: { seconds: visibilitySeconds, maximum } });
        await calls.modifyDeadline(subscription, [receipt], visibilitySeconds);
      }),
    release: (receipt, { reason, delaySeconds = 0 }) =>
      translated(async () => {
        const maximum = pubsubLimits.maximumVisibilitySeconds;
        checkSeconds({ delaySeconds: { seconds: delaySeconds, maximum } });
        const last = lastDeliveries.find(receipt);
        if (last !== undefined) await bury(last, reason);
        else await calls.modifyDeadline(subscription, [receipt], delaySeconds);
      }),
    depth: () => translated(depth),
    deadLetters: ({ limit = 100 } = {}) =>
      translated(async () => {
        checkDeadLetterOptions({ limit });
        return deadLetters.peek(limit);
      }),
    async close() {
      if (signal.aborted) return;
      closing.abort();
      await calls.close();
    },
  };
}

function translate(error: unknown, name: string): unknown {
  if (error instanceof ApiError) return error;
  if (isStale(error)) return staleReceipt();
  const failure = googleFailure(error);
  return failure === undefined ? error : backEndError("queue", failure, { name, cause: error });
}
