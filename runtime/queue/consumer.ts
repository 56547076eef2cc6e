import { setTimeout as sleepMilliseconds } from "node:timers/promises";
import { ApiError, errorMessage } from "../errors.ts";
import type { Queue, QueueMessage } from "./queue.ts";

export interface Backoff {
  /** Seconds before the second try. Default 1. */
  initialSeconds: number;
  /** Default 60. */
  maximumSeconds: number;
  /** Default 2. */
  factor: number;
}

export interface ConsumerOptions {
  queue: Pick<Queue, "receive" | "delete" | "extend" | "release">;
  /**
   * Resolves when the effect of the message is durable; a message may come more than once. The signal aborts when
   * the message was lost to another receiver.
   */
  handle: (body: string, message: QueueMessage, signal: AbortSignal) => Promise<unknown>;
  /** Messages handled at the same time. Default 1. */
  concurrency?: number;
  /** Told of every failure, of the handler and of the queue; must not throw. */
  onError: (
    error: unknown,
    context: { during: "receive" | "handle" | "extend" | "settle"; message?: QueueMessage },
  ) => void;
  /** After a kill of this process its messages come back after this long; extended while a handler runs. Default 30. */
  visibilitySeconds?: number;
  /** How long one receive waits. Default 20. */
  waitSeconds?: number;
  /** Between the deliveries of a message whose handler failed, and between tries of a queue that is unavailable. */
  backoff?: Partial<Backoff>;
  /** Before the next delivery of a message whose failure is not retryable. Default 0.1. */
  permanentErrorDelaySeconds?: number;
  /** Stops the consumer, as `stop` does. */
  signal?: AbortSignal;
  /** 0 to 1, exclusive. Default Math.random. */
  random?: () => number;
  /** Resolves after the time, or early (without an error) when the signal aborts. */
  sleep?: (seconds: number, signal: AbortSignal) => Promise<void>;
}

export interface Consumer {
  /** Receives nothing more; resolves when the handlers that run have ended and their messages are settled. */
  stop(): Promise<void>;
}

/** Receives messages and handles them, until it is stopped; an unavailable queue is tried again, for ever. */
export function startConsumer(options: ConsumerOptions): Consumer {
  const settings = withDefaults(options);
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const stop = () => stopping.abort();
  if (options.signal?.aborted) stop();
  options.signal?.addEventListener("abort", stop, { once: true });

  async function receiveUntilStopped(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      if (running.size >= settings.concurrency) {
        await Promise.race(running);
        continue;
      }
      try {
        const messages = await settings.queue.receive({
          maximum: Math.min(10, settings.concurrency - running.size),
          waitSeconds: settings.waitSeconds,
          visibilitySeconds: settings.visibilitySeconds,
          signal: stopping.signal,
        });
        failures = 0;
        for (const message of messages) start(message);
      } catch (error) {
        failures += 1;
        settings.onError(error, { during: "receive" });
        await settings.sleep(backoffSeconds(settings, failures), stopping.signal);
      }
    }
    await Promise.all(running);
  }

  function start(message: QueueMessage): void {
    const handled = handleMessage(settings, message).finally(() => running.delete(handled));
    running.add(handled);
  }

  const ended = receiveUntilStopped().finally(() => options.signal?.removeEventListener("abort", stop));
  return {
    stop() {
      stop();
      return ended;
    },
  };
}

type Settings = Required<Omit<ConsumerOptions, "signal" | "backoff">> & { backoff: Backoff };

function withDefaults({ signal: _, ...options }: ConsumerOptions): Settings {
  return {
    concurrency: 1,
    visibilitySeconds: 30,
    waitSeconds: 20,
    permanentErrorDelaySeconds: 0.1,
    random: Math.random,
    sleep: (seconds, signal) =>
      sleepMilliseconds(seconds * 1000, undefined, { signal }).catch(() => undefined),
    ...options,
    backoff: { initialSeconds: 1, maximumSeconds: 60, factor: 2, ...options.backoff },
  };
}

/** Half of the exponential delay is random, so that what failed together does not come back together. */
function backoffSeconds({ backoff, random }: Settings, failures: number): number {
  const { initialSeconds, maximumSeconds, factor } = backoff;
  const seconds = Math.min(maximumSeconds, initialSeconds * factor ** (failures - 1));
  return seconds * (0.5 + random() / 2);
}

/** Never rejects. */
async function handleMessage(settings: Settings, message: QueueMessage): Promise<void> {
  const lost = new AbortController();
  const done = new AbortController();
  const extending = extendWhileHandled(settings, message, { lost, done });
  let failure: { error: unknown } | undefined;
  try {
    await settings.handle(message.body, message, lost.signal);
  } catch (error) {
    failure = { error };
    settings.onError(error, { during: "handle", message });
  }
  // Still hidden while it is deleted or released: that may need several tries.
  await settle(settings, message, lost.signal, () =>
    failure === undefined
      ? settings.queue.delete(message.receipt)
      : settings.queue.release(message.receipt, {
          reason: reasonOf(failure.error),
          delaySeconds: redeliverySeconds(settings, failure.error, message.deliveryCount),
        }),
  );
  done.abort();
  await extending;
}

async function extendWhileHandled(
  settings: Settings,
  message: QueueMessage,
  { lost, done }: { lost: AbortController; done: AbortController },
): Promise<void> {
  for (;;) {
    await settings.sleep(settings.visibilitySeconds / 3, done.signal);
    if (done.signal.aborted) return;
    try {
      await settings.queue.extend(message.receipt, settings.visibilitySeconds);
    } catch (error) {
      if (done.signal.aborted) return;
      settings.onError(error, { during: "extend", message });
      if (!isStale(error)) continue;
      lost.abort(error);
      return;
    }
  }
}

/** Gives up after three failures: the message then comes back when its visibility timeout is over. */
async function settle(
  settings: Settings,
  message: QueueMessage,
  lost: AbortSignal,
  action: () => Promise<void>,
): Promise<void> {
  for (let failures = 1; failures <= 3 && !lost.aborted; failures += 1) {
    try {
      await action();
      return;
    } catch (error) {
      settings.onError(error, { during: "settle", message });
      if (isStale(error)) return;
      if (failures < 3) await settings.sleep(backoffSeconds(settings, failures), lost);
    }
  }
}

function redeliverySeconds(settings: Settings, error: unknown, deliveryCount: number): number {
  return error instanceof ApiError && !error.isRetryable
    ? settings.permanentErrorDelaySeconds
    : backoffSeconds(settings, deliveryCount);
}

function reasonOf(error: unknown): string {
  const message = error instanceof ApiError ? `${error.code}: ${error.message}` : errorMessage(error);
  return (message || "failed without a message").slice(0, 2000);
}

function isStale(error: unknown): boolean {
  return error instanceof ApiError && error.code === "receipt-stale";
}
