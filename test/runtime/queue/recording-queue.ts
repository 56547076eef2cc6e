import type { Queue, QueueMessage } from "../../../runtime/queue/queue.ts";

export function messageOf(part: Partial<QueueMessage>): QueueMessage {
  return { id: "1", body: "body", deliveryCount: 1, enqueuedAt: new Date(0), receipt: "receipt", ...part };
}

interface Call {
  name: "delete" | "extend" | "release";
  receipt: string;
  options?: unknown;
}

/**
 * A queue that gives these messages, one a receive, and then waits; it writes down what is done with them. The n-th
 * call of a method fails with its n-th error, where that is not undefined.
 */
export function createRecordingQueue(
  messages: QueueMessage[],
  failures: { [Name in "receive" | Call["name"]]?: (Error | undefined)[] } = {},
) {
  const left = [...messages];
  const calls: Call[] = [];
  const watchers: { count: number; resolve: () => void }[] = [];
  let receives = 0;

  async function record(call: Call): Promise<void> {
    calls.push(call);
    for (const { count, resolve } of watchers) if (calls.length >= count) resolve();
    failIf(call.name);
  }

  function failIf(name: keyof typeof failures): void {
    const failure = failures[name]?.shift();
    if (failure !== undefined) throw failure;
  }

  const queue: Pick<Queue, "receive" | "delete" | "extend" | "release"> = {
    async receive({ signal } = {}) {
      receives += 1;
      failIf("receive");
      const message = left.shift();
      if (message !== undefined) return [message];
      return new Promise((resolve) => {
        if (signal?.aborted) resolve([]);
        signal?.addEventListener("abort", () => resolve([]));
      });
    },
    delete: (receipt) => record({ name: "delete", receipt }),
    extend: (receipt, options) => record({ name: "extend", receipt, options }),
    release: (receipt, options) => record({ name: "release", receipt, options }),
  };
  return {
    ...queue,
    calls,
    receives: () => receives,
    /** Messages that nobody has received. */
    waiting: () => left.length,
    /** Resolves at the n-th call of delete, extend or release. */
    settled(count: number): Promise<void> {
      if (calls.length >= count) return Promise.resolve();
      return new Promise((resolve) => watchers.push({ count, resolve }));
    },
  };
}

/** A sleep that ends when the test says so. */
export function createManualSleep() {
  const sleepers = new Set<{ seconds: number; wake: () => void }>();
  const arrivals: (() => void)[] = [];
  const manual = {
    onSleep: (_seconds: number): void => undefined,
    sleep(seconds: number, signal: AbortSignal): Promise<void> {
      manual.onSleep(seconds);
      return new Promise((resolve) => {
        const sleeper = {
          seconds,
          wake() {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        if (signal.aborted) return resolve();
        signal.addEventListener("abort", sleeper.wake, { once: true });
        sleepers.add(sleeper);
        arrivals.shift()?.();
      });
    },
    wakeAll(isMeant: (seconds: number) => boolean): void {
      for (const { seconds, wake } of sleepers) if (isMeant(seconds)) wake();
    },
    /** Ends the next sleep, once there is one; resolves with its seconds. */
    async next(): Promise<number> {
      if (sleepers.size === 0) await new Promise<void>((resolve) => arrivals.push(resolve));
      const [sleeper] = sleepers;
      sleeper?.wake();
      return sleeper?.seconds ?? Number.NaN;
    },
  };
  return manual;
}

/** A promise that the test settles. */
export function createDeferred<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: (value: Value) => resolve(value) };
}
