import type { RestatePromise } from "@restatedev/restate-sdk";
import { ApiError } from "../../errors.ts";
import type { AttemptResult } from "../attempt.ts";
import type { ItemCounts } from "../run.ts";
import type { Json, RetryPolicy } from "../workflow.ts";

export interface ItemFailure {
  index: number;
  error: string;
}

export interface ItemResults {
  /** The outputs of each item in order; null where it failed or was not started. */
  results: Json[];
  failed: ItemFailure[];
  /** Items that were not started, since too many had failed. */
  left: number;
}

export interface ItemPoolOptions {
  count: number;
  /** Batches at the same time. */
  concurrency: number;
  /** Items whose first attempts are made one after the other, recorded together. */
  batchSize: number;
  retries: RetryPolicy;
  /** So many items may fail in the end; at one more none is started any more, and those that run are waited for. */
  mayFail: number;
  /**
   * One attempt, numbered from 1, at each of the items, one after the other; never rejects. Gives fewer results where it
   * stopped because more than `mayFail` of them failed for good.
   */
  attempt(indexes: number[], number: number): RestatePromise<AttemptResult[]>;
  sleep(milliseconds: number): RestatePromise<unknown>;
  /** Resolves with the first; rejects when the run was cancelled, which ends the attempts. */
  first<Value>(promises: RestatePromise<Value>[]): Promise<Value>;
  /** Resolves when all have ended, also after a cancel. */
  all(promises: RestatePromise<unknown>[]): Promise<unknown>;
  /** At the begin, and whenever items have ended. */
  progressed(counts: ItemCounts): void;
}

/** A batch was attempted, or the pause of one item is over. */
type Event = { indexes: number[]; results?: AttemptResult[] };

/** What the results of one pool may hold in memory, in its journal and in the bucket. */
const maximumResultsBytes = 64 * 1024 * 1024;
const maximumErrorCharacters = 1000;

/**
 * Runs items with a bounded number at a time, each with retries of its own. Replayed from the journal, so it depends
 * on nothing but what its promises give.
 * @throws ApiError `results-too-large` (422), and what `first` throws; nothing runs any more then
 */
export async function runItems(options: ItemPoolOptions): Promise<ItemResults> {
  const pool = new ItemPool(options);
  try {
    return await pool.run();
  } catch (error) {
    // Nothing may still run when its map has ended.
    await options.all(pool.running);
    throw error;
  }
}

class ItemPool {
  readonly #options: ItemPoolOptions;
  readonly #results: Json[];
  readonly #failed: ItemFailure[] = [];
  readonly #attempts = new Map<number, number>();
  /** By the first item of the batch. */
  readonly #running = new Map<number, RestatePromise<Event>>();
  readonly #pausing = new Map<number, RestatePromise<Event>>();
  #next = 0;
  #succeeded = 0;
  #bytes = 0;

  constructor(options: ItemPoolOptions) {
    this.#options = options;
    this.#results = new Array(options.count).fill(null);
  }

  get running(): RestatePromise<unknown>[] {
    return [...this.#running.values()];
  }

  async run(): Promise<ItemResults> {
    for (;;) {
      this.#startBatches();
      this.#tellProgress();
      const promises = [...this.#running.values(), ...this.#pausing.values()];
      if (promises.length === 0) break;
      const { indexes, results } = await this.#options.first(promises);
      const [index = 0] = indexes;
      (results === undefined ? this.#pausing : this.#running).delete(index);
      if (results === undefined) this.#start(indexes);
      else
        for (const [position, result] of results.entries()) this.#ended(indexes[position] as number, result);
    }
    const failed = this.#failed.sort((a, b) => a.index - b.index);
    const left = this.#options.count - this.#succeeded - failed.length;
    return { results: this.#results, failed, left };
  }

  #tellProgress(): void {
    const { count, progressed } = this.#options;
    progressed({ count, succeeded: this.#succeeded, failed: this.#failed.length });
  }

  #startBatches(): void {
    const { count, concurrency, batchSize, mayFail } = this.#options;
    while (
      this.#running.size + this.#pausing.size < concurrency &&
      this.#next < count &&
      this.#failed.length <= mayFail
    ) {
      const end = Math.min(this.#next + batchSize, count);
      const indexes: number[] = [];
      while (this.#next < end) indexes.push(this.#next++);
      this.#start(indexes);
    }
  }

  #start(indexes: number[]): void {
    const [index = 0] = indexes;
    const number = (this.#attempts.get(index) ?? 0) + 1;
    if (number > 1) this.#attempts.set(index, number);
    const attempted = this.#options.attempt(indexes, number);
    this.#running.set(
      index,
      attempted.map((results): Event => ({ indexes, results: results ?? [] })),
    );
  }

  #ended(index: number, result: AttemptResult): void {
    if ("outputs" in result) {
      this.#results[index] = result.outputs;
      this.#succeeded++;
      this.#bytes += Buffer.byteLength(JSON.stringify(result.outputs));
      if (this.#bytes > maximumResultsBytes) throw tooLarge();
      return;
    }
    const attempts = this.#attempts.get(index) ?? 1;
    const pause = pauseBeforeRetry(this.#options.retries, attempts, result);
    if (pause === undefined || this.#failed.length > this.#options.mayFail) {
      this.#failed.push({ index, error: result.error.message.slice(0, maximumErrorCharacters) });
      return;
    }
    this.#attempts.set(index, attempts);
    this.#pausing.set(
      index,
      this.#options.sleep(pause).map((): Event => ({ indexes: [index] })),
    );
  }
}

/** Milliseconds until the next attempt; undefined: there is none. */
export function pauseBeforeRetry(
  { maximum, initialInterval, factor, maximumInterval, errors }: RetryPolicy,
  attempts: number,
  failure: { error: { code: string }; isRetryable: boolean },
): number | undefined {
  const isWanted = errors === undefined ? failure.isRetryable : errors.includes(failure.error.code);
  if (!isWanted || attempts > maximum) return undefined;
  return Math.round(Math.min(initialInterval * factor ** (attempts - 1), maximumInterval) * 1000);
}

function tooLarge(): ApiError {
  return new ApiError(
    `the results of the items are more than ${maximumResultsBytes} bytes together: let each put what is large into the bucket and give its key`,
    { status: 422, code: "results-too-large" },
  );
}
