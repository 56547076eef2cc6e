import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { createArrivals } from "./local-arrivals.ts";
import { translateQueueError } from "./local-errors.ts";
import { queueLimits } from "./local-limits.ts";
import {
  checkQueueSettings,
  type LocalQueueSettings,
  openQueueDatabase,
  writeSettings,
} from "./local-schema.ts";
import { prepareStatements } from "./local-statements.ts";
import { createTransactions } from "./local-transactions.ts";
import type { Queue, QueueMessage, ReceiveOptions } from "./queue.ts";
import {
  checkDeadLetterOptions,
  checkMessageBody,
  checkReceiveOptions,
  checkSeconds,
  queueClosed,
  staleReceipt,
} from "./queue-options.ts";

export interface LocalQueueOptions {
  /** The SQLite file; made where it is missing, with its folder. */
  file: string;
  /** Written to the file. Default: what the file says. */
  settings?: Partial<LocalQueueSettings>;
  /** Milliseconds since 1970. Default: Date.now. */
  now?: () => number;
  /** How often a waiting receive looks without having been told of a message. Default 500. */
  pollMilliseconds?: number;
}

/**
 * A queue in an SQLite file, for any number of processes on one machine. What was acknowledged is on the disk.
 * A full disk is ApiError `storage-full` (507); after `close` everything is refused with `queue-closed` (503).
 */
export function createLocalQueue(options: LocalQueueOptions): Queue {
  const file = resolve(options.file);
  const now = options.now ?? Date.now;
  checkQueueSettings(options.settings ?? {});
  const database = openQueueDatabase(file);
  if (options.settings !== undefined) writeSettings(database, options.settings);
  const statements = prepareStatements(database);
  const transactions = createTransactions(database, (error) => translateQueueError(error, file));
  const arrivals = createArrivals({
    statements,
    bellFile: `${file}-bell`,
    now,
    pollMilliseconds: options.pollMilliseconds ?? 500,
  });
  let isClosed = false;

  function checkOpen(): void {
    if (isClosed) throw queueClosed(file);
  }

  function transact<Result>(action: () => Result): Promise<Result> {
    checkOpen();
    return transactions.run(action);
  }

  /** @throws ApiError `receipt-stale` where the change met no message. */
  async function settle(receipt: string, change: (receipt: string) => number): Promise<void> {
    const changed = await transact(() => change(receipt));
    if (changed === 0) throw staleReceipt();
  }

  async function take(maximum: number, visibilitySeconds: number | undefined): Promise<QueueMessage[]> {
    // Spares the write lock where there is nothing to take.
    if (!statements.hasVisible(now())) return [];
    return transact(() => {
      const time = now();
      statements.bury(time);
      const seconds = visibilitySeconds ?? statements.settings().visibilitySeconds;
      return statements.visible(time, maximum).map((row) => {
        const receipt = randomUUID();
        statements.deliver(row.sequence, receipt, time + seconds * 1000);
        return {
          id: row.id,
          body: row.body,
          deliveryCount: row.delivery_count + 1,
          enqueuedAt: new Date(row.enqueued_at),
          receipt,
        };
      });
    });
  }

  async function receive(receiveOptions: ReceiveOptions = {}): Promise<QueueMessage[]> {
    checkReceiveOptions(receiveOptions, queueLimits);
    const { maximum = 1, waitSeconds = 0, visibilitySeconds, signal } = receiveOptions;
    const deadline = now() + waitSeconds * 1000;
    checkOpen();
    while (!isClosed && !signal?.aborted) {
      const messages = await take(maximum, visibilitySeconds);
      if (messages.length > 0 || now() >= deadline) return messages;
      if (!isClosed) await arrivals.next(deadline, signal);
    }
    return [];
  }

  return {
    limits: queueLimits,
    receive: (receiveOptions) =>
      receive(receiveOptions).catch((error) => {
        throw translateQueueError(error, file);
      }),
    async send(body, { delaySeconds = 0 } = {}) {
      checkMessageBody(body, queueLimits);
      checkSeconds({ delaySeconds: { seconds: delaySeconds, maximum: queueLimits.maximumDelaySeconds } });
      const id = randomUUID();
      await transact(() => statements.insert(id, body, now(), now() + delaySeconds * 1000));
      arrivals.announce();
      return { id };
    },
    async delete(receipt) {
      await settle(receipt, statements.remove);
    },
    async extend(receipt, visibilitySeconds) {
      const maximum = queueLimits.maximumVisibilitySeconds;
      checkSeconds({ visibilitySeconds: { seconds: visibilitySeconds, maximum } });
      await settle(receipt, () => statements.hide(receipt, now() + visibilitySeconds * 1000));
      arrivals.announce();
    },
    async release(receipt, { reason, delaySeconds = 0 }) {
      checkSeconds({ delaySeconds: { seconds: delaySeconds, maximum: queueLimits.maximumDelaySeconds } });
      await settle(receipt, () => {
        const changed = statements.release(receipt, reason, now() + delaySeconds * 1000);
        statements.bury(now());
        return changed;
      });
      arrivals.announce();
    },
    async depth() {
      return transact(() => {
        statements.bury(now());
        return statements.depth(now());
      });
    },
    async deadLetters({ limit = 100 } = {}) {
      checkDeadLetterOptions({ limit });
      return transact(() => {
        statements.bury(now());
        return statements.deadLetters(limit);
      });
    },
    async close() {
      if (isClosed) return;
      transactions.flush();
      isClosed = true;
      arrivals.close();
      database.close();
    },
  };
}
