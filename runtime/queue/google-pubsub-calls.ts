import { setTimeout as sleepMilliseconds } from "node:timers/promises";
import type { protos } from "@google-cloud/pubsub";
import { googleCode, googleFailure } from "../google-errors.ts";
import { createPubsubClients, type PubsubClients } from "./google-pubsub-clients.ts";

type Received = protos.google.pubsub.v1.IReceivedMessage;
type Attributes = { [name: string]: string };

const code = { invalidArgument: 3, deadlineExceeded: 4 } as const;

/** A call is tried again for this long at most; one try may take as long as it needs within that. */
const patienceMilliseconds = 20_000;
/** The service lets a pull wait for about 90 seconds, unless it is told to end before. */
const longestPullSeconds = 60;

/** What the driver needs of Pub/Sub, with retries of its own: whether there was more than one try matters to it. */
export type PubsubCalls = ReturnType<typeof createPubsubCalls>;

export function createPubsubCalls({
  endpoint,
  signal,
}: {
  endpoint?: string | undefined;
  signal: AbortSignal;
}) {
  const clients = createPubsubClients(endpoint);
  const once = () => ({ retry: null, timeout: patienceMilliseconds }) as const;

  function call<Result>(use: (clients: PubsubClients) => Promise<Result>, onRepeat?: () => void) {
    return retried(signal, async () => use(await clients.open()), onRepeat);
  }

  return {
    isEmulator: clients.isEmulator,
    async requestHeaders(url: string): Promise<Headers> {
      const { publisher } = await clients.open();
      return new Headers(await publisher.auth.getRequestHeaders(url));
    },
    publish: (topic: string, data: Buffer, attributes: Attributes) =>
      call(({ publisher }) => publisher.publish({ topic, messages: [{ data, attributes }] }, once())),
    async subscription(name: string) {
      const [found] = await call(({ subscriber }) =>
        subscriber.getSubscription({ subscription: name }, once()),
      );
      return found;
    },
    /** @param onRepeat told when the first try may have taken effect. */
    acknowledge: (subscription: string, id: string, onRepeat: () => void) =>
      call(({ subscriber }) => subscriber.acknowledge({ subscription, ackIds: [id] }, once()), onRepeat),
    /** 0 seconds give the messages back. */
    modifyDeadline: (subscription: string, ackIds: string[], seconds: number) =>
      call(({ subscriber }) =>
        subscriber.modifyAckDeadline(
          { subscription, ackIds, ackDeadlineSeconds: Math.ceil(seconds) },
          once(),
        ),
      ),
    /** Waits for a first message that long; ends early with none when the signal aborts. */
    async pull(
      subscription: string,
      { maximum, waitSeconds, signal }: { maximum: number; waitSeconds: number; signal: AbortSignal },
    ): Promise<Received[]> {
      const request = {
        subscription,
        maxMessages: maximum,
        // The only way to be answered at once.
        returnImmediately: waitSeconds <= 0,
      };
      const wait = Math.min(longestPullSeconds, waitSeconds) * 1000;
      const timeout = waitSeconds <= 0 ? patienceMilliseconds : wait;
      try {
        return await retried(signal, async () => {
          const { subscriber } = await clients.open();
          return await cancellablePull(subscriber, request, timeout, signal);
        });
      } catch (error) {
        const isOver = waitSeconds > 0 && googleCode(error) === code.deadlineExceeded;
        if (isOver || signal.aborted) return [];
        throw error;
      }
    },
    close: () => clients.close(),
  };
}

/** The client's own method gives no way to cancel. */
async function cancellablePull(
  subscriber: PubsubClients["subscriber"],
  request: { subscription: string },
  timeout: number,
  signal: AbortSignal,
): Promise<Received[]> {
  signal.throwIfAborted();
  const headers = { "x-goog-request-params": `subscription=${encodeURIComponent(request.subscription)}` };
  const answer = subscriber.innerApiCalls.pull?.(request, { retry: null, timeout, otherArgs: { headers } });
  const cancel = () => answer.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    const [{ receivedMessages }] = await answer;
    return receivedMessages ?? [];
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

async function retried<Result>(
  signal: AbortSignal,
  call: () => Promise<Result>,
  onRepeat: () => void = () => undefined,
): Promise<Result> {
  const deadline = performance.now() + patienceMilliseconds;
  for (let delay = 100; ; delay = Math.min(5000, delay * 2)) {
    signal.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      const isWorthIt = googleFailure(error) === "unavailable" && googleCode(error) !== code.deadlineExceeded;
      const wait = delay * (0.5 + Math.random() / 2);
      if (!isWorthIt || signal.aborted || performance.now() + wait > deadline) throw error;
      onRepeat();
      await sleepMilliseconds(wait, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** A subscription with exactly-once delivery tells that a receipt's time is over; any, that it is none. */
export function isStale(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { errorInfoMetadata } = error as { errorInfoMetadata?: { [id: string]: string } };
  return (
    Object.values(errorInfoMetadata ?? {}).includes("PERMANENT_FAILURE_INVALID_ACK_ID") ||
    (googleCode(error) === code.invalidArgument && /ack id/i.test(error.message))
  );
}
