import type { WorkflowContext } from "@restatedev/restate-sdk";
import type { TaskRun } from "./run.ts";
import { headerKey, type RunHeader, taskKey } from "./run-state.ts";

/** For how long what changes within a run's own steps may be unwritten, in milliseconds. */
export const maximumUnwrittenMilliseconds = 1000;

/**
 * The state of a run in Restate, which `status` and others read; the run itself goes on from its journal. Written before
 * the run waits, once for all that changed: at once where the run may wait for long, else when the first change is a while
 * ago. A run that ends before then has written nothing.
 */
export class RunRecord {
  readonly #context: WorkflowContext;
  readonly #changed = new Map<string, TaskRun>();
  #header: RunHeader | undefined;
  #isUrgent = false;
  #isWritten = false;
  /** Milliseconds of the run's clock: when the first of the unwritten changes came. */
  #changedAt: number | undefined;

  constructor(context: WorkflowContext) {
    this.#context = context;
  }

  /** Whether there is any state. */
  get isWritten(): boolean {
    return this.#isWritten;
  }

  get isChanged(): boolean {
    return this.#changed.size > 0 || this.#header !== undefined;
  }

  task(record: TaskRun, { isUrgent }: { isUrgent: boolean }): void {
    this.#changed.set(record.name, record);
    this.#isUrgent ||= isUrgent;
  }

  header(header: RunHeader, { isUrgent }: { isUrgent: boolean }): void {
    this.#header = header;
    this.#isUrgent ||= isUrgent;
  }

  /**
   * @param clock the run's, in milliseconds
   * @param isBackSoon the run waits no longer than changes may be unwritten
   * @returns whether anything was written
   */
  write(clock: number, isBackSoon: boolean): boolean {
    if (!this.isChanged) return false;
    this.#changedAt ??= clock;
    const isLate = clock - this.#changedAt >= maximumUnwrittenMilliseconds;
    if (isBackSoon && !this.#isUrgent && !isLate) return false;
    for (const [name, record] of this.#changed) this.#context.set(taskKey(name), record);
    this.#changed.clear();
    if (this.#header !== undefined) this.#context.set(headerKey, this.#header);
    this.#header = undefined;
    this.#isUrgent = false;
    this.#isWritten = true;
    this.#changedAt = undefined;
    return true;
  }
}
