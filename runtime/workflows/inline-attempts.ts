import { setImmediate as turn } from "node:timers/promises";
import type { AttemptResult } from "./attempt.ts";

export interface EndedAttempt {
  /** Of the attempt, as it was asked for. */
  number: number;
  result: AttemptResult;
}

/** More is recorded by the next step: Restate bounds what an entry of its journal holds. */
const maximumRecordedBytes = 1024 * 1024;

/**
 * Attempts that this process carries out for a run, each from when it is asked for. What ends is recorded in groups, as
 * databases commit transactions: one durable step gives all that has ended since the step before. An attempt that was
 * recorded is not asked for again by a replay before the first step that was not recorded, so nothing begins until then.
 */
export class InlineAttempts {
  /** Asked for before any step ran in this process. */
  readonly #asked = new Map<number, () => Promise<AttemptResult>>();
  #isReplayed = false;
  #ended: EndedAttempt[] = [];
  #lost: { error: unknown } | undefined;
  #wake: () => void = () => undefined;

  add(number: number, perform: () => Promise<AttemptResult>): void {
    if (this.#isReplayed) this.#begin(number, perform);
    else this.#asked.set(number, perform);
  }

  /** Nobody is interested any more; one that has begun goes on. */
  forget(number: number): void {
    this.#asked.delete(number);
  }

  /**
   * To be called in a durable step: waits until something has ended.
   * @param longest milliseconds after which it gives nothing; undefined: it waits for as long as it takes
   * @throws what an attempt threw, which is only done by one that may not be recorded
   */
  async collect(longest?: number): Promise<EndedAttempt[]> {
    this.#isReplayed = true;
    for (const [number, perform] of this.#asked) this.#begin(number, perform);
    this.#asked.clear();
    await this.#firstEnd(longest);
    // What ends at the same time is recorded with it.
    await turn();
    if (this.#lost !== undefined) throw this.#lost.error;
    return this.#take();
  }

  async #firstEnd(longest: number | undefined): Promise<void> {
    if (this.#ended.length > 0 || this.#lost !== undefined) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (longest !== undefined) timer = setTimeout(resolve, longest);
    });
    clearTimeout(timer);
  }

  #begin(number: number, perform: () => Promise<AttemptResult>): void {
    perform()
      .then(
        (result) => void this.#ended.push({ number, result }),
        (error) => {
          this.#lost ??= { error };
        },
      )
      .then(() => this.#wake());
  }

  #take(): EndedAttempt[] {
    let bytes = 0;
    const end = this.#ended.findIndex(({ result }) => {
      bytes += JSON.stringify(result).length;
      return bytes > maximumRecordedBytes;
    });
    return this.#ended.splice(0, end < 0 ? this.#ended.length : Math.max(1, end));
  }
}
