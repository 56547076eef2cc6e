import { objectiveValue } from "../objective.ts";
import { GridDecoder } from "./grid-decoder.ts";
import type { SearchGrid } from "./search-grid.ts";
import { TimeOrder } from "./time-order.ts";

/**
 * Makes schedules of activity lists, counts them, and improves those that are short by moving every task to the right
 * and then to the left again: double justification (Valls, Ballestín, Quintanilla: Justification and RCPSP: a technique
 * that pays, European Journal of Operational Research 165, 2005).
 */
export class Evaluation {
  /** Schedules made so far, each pass of an improvement counted. */
  schedules = 0;
  /** Of the best schedule so far: its value, steps, list and modes. */
  bestValue = Number.POSITIVE_INFINITY;
  readonly bestStarts: Int32Array;
  readonly bestList: Int32Array;
  readonly bestModes: Int32Array;
  readonly #grid: SearchGrid;
  readonly #decoder: GridDecoder;
  readonly #order: TimeOrder;
  /** Whether the value is the makespan in steps, so that justification can only lower it. */
  readonly #isMakespan: boolean;
  readonly #sorted: Int32Array;
  readonly #reversed: Int32Array;
  /** Mode of each task in the decoder. */
  readonly #modes: Int32Array;

  constructor(grid: SearchGrid) {
    const { taskCount, modeOffsets, objective } = grid.compiled;
    this.#grid = grid;
    this.#decoder = new GridDecoder(grid.compiled, grid.horizon);
    this.#order = new TimeOrder(grid.horizon);
    this.#isMakespan =
      objective.weightedCompletion === 0 && objective.exceptionCost === 0 && objective.money === 0;
    this.#sorted = new Int32Array(taskCount);
    this.#reversed = new Int32Array(taskCount);
    this.#modes = modeOffsets.slice(0, taskCount);
    this.bestStarts = new Int32Array(taskCount);
    this.bestList = new Int32Array(taskCount);
    this.bestModes = this.#modes.slice();
  }

  /**
   * Schedules a list and writes into it the order in which its tasks start then.
   * @param modes mode of each task; empty where each has one
   * @param limit a schedule of a higher value is not improved
   * @param mostSchedules it makes no more than so many
   * @returns the value; Infinity where a task found no room
   */
  evaluate(list: Int32Array, modes: Int32Array, limit: number, mostSchedules: number): number {
    for (let task = 0; task < modes.length; task++) {
      if (modes[task] === this.#modes[task]) continue;
      this.#modes[task] = modes[task] as number;
      this.#decoder.setMode(task, modes[task] as number);
    }
    const { starts } = this.#decoder;
    let makespan = this.#decoder.forwards(list);
    let value = this.#finish(list, makespan);
    if (makespan === Number.POSITIVE_INFINITY) return value;
    this.#order.ascending(list, starts, makespan, this.#sorted);
    list.set(this.#sorted);
    if (value > limit || mostSchedules < 3) return value;
    const justified = this.#justify(list, makespan);
    const justifiedValue = this.#finish(this.#sorted, justified);
    if (justifiedValue <= value) {
      value = justifiedValue;
      makespan = justified;
      this.#order.ascending(this.#sorted, starts, makespan, list);
    }
    return value;
  }

  /** Leaves in `sorted` the list of the justified schedule. @returns its makespan */
  #justify(list: Int32Array, makespan: number): number {
    const decoder = this.#decoder;
    this.#order.descending(list, decoder.ends, makespan, this.#sorted);
    decoder.backwards(this.#sorted, makespan);
    this.schedules++;
    this.#reversed.set(this.#sorted);
    this.#reversed.reverse();
    this.#order.ascending(this.#reversed, decoder.starts, makespan, this.#sorted);
    return decoder.forwards(this.#sorted);
  }

  #finish(list: Int32Array, makespan: number): number {
    this.schedules++;
    const { compiled } = this.#grid;
    const { starts } = this.#decoder;
    let value = makespan;
    if (makespan !== Number.POSITIVE_INFINITY && !this.#isMakespan)
      value = objectiveValue(compiled, { starts, modes: this.#modes });
    if (value < this.bestValue) {
      this.bestValue = value;
      this.bestStarts.set(starts);
      this.bestList.set(list);
      this.bestModes.set(this.#modes);
    }
    return value;
  }
}
