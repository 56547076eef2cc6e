import type * as restate from "@restatedev/restate-sdk";
import type { ItemCounts } from "../run.ts";

const key = "items";

/** So many times at most it is told how far a task has come: each is an entry of the task's journal. */
const maximumWrites = 100;

/** How far a task of many items has come, in Restate's state of the task; a step of one in a hundred is seen there. */
export class ItemProgress {
  readonly #context: restate.WorkflowContext;
  #counts: ItemCounts | undefined;
  #written = Number.NEGATIVE_INFINITY;

  constructor(context: restate.WorkflowContext) {
    this.#context = context;
  }

  /** Exact, also where the state is a little behind; undefined before the first item. */
  get counts(): ItemCounts | undefined {
    return this.#counts;
  }

  progressed(counts: ItemCounts): void {
    this.#counts = counts;
    const { count, succeeded, failed } = counts;
    const ended = succeeded + failed;
    if (ended - this.#written < Math.max(1, count / maximumWrites)) return;
    this.#context.set(key, counts);
    this.#written = ended;
  }
}

/** As it was last written; null where no task of that key runs, or has begun no item. */
export async function readItemProgress(context: restate.WorkflowSharedContext): Promise<ItemCounts | null> {
  return await context.get<ItemCounts>(key);
}
