import type { CompiledProblem } from "../compiled-problem.ts";
import { createTimeGrid, type TimeGrid } from "./time-grid.ts";

/**
 * The serial schedule generation scheme on a grid of time steps, forwards and backwards, for the many schedules of
 * the genetic strategy: nothing is allocated per schedule.
 */
export class GridDecoder {
  /** Task → step, of the last schedule that was made. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly #compiled: CompiledProblem;
  readonly #grid: TimeGrid;
  /** Of the mode that each task is in; needs are task × word. */
  readonly #durations: Int32Array;
  readonly #needs: Int32Array;
  readonly #releases: Int32Array;
  /** Steps of the grid that the last schedule may have used. */
  #used = 0;

  /** @param horizon steps after which no plan goes on */
  constructor(compiled: CompiledProblem, horizon: number) {
    const { taskCount, modeOffsets } = compiled;
    this.#compiled = compiled;
    this.#grid = createTimeGrid(compiled, horizon);
    this.starts = new Int32Array(taskCount);
    this.ends = new Int32Array(taskCount);
    this.#durations = new Int32Array(taskCount);
    this.#needs = new Int32Array(taskCount * this.#grid.wordCount);
    this.#releases = Int32Array.from(compiled.releases);
    for (let task = 0; task < taskCount; task++) this.setMode(task, modeOffsets[task] as number);
  }

  /** The mode in which the next schedules do a task. */
  setMode(task: number, mode: number): void {
    const { wordCount, modeNeeds } = this.#grid;
    this.#durations[task] = this.#compiled.modeDurations[mode] as number;
    for (let word = 0; word < wordCount; word++)
      this.#needs[task * wordCount + word] = modeNeeds[mode * wordCount + word] as number;
  }

  /**
   * Places each task, in this order, as early as it can be.
   * @returns the makespan in steps; Infinity where a task finds no room before the horizon
   */
  forwards(order: Int32Array): number {
    this.#clear();
    const { starts, ends } = this;
    const { predecessorOffsets, predecessors } = this.#compiled.graph;
    const durations = this.#durations;
    let makespan = 0;
    for (let position = 0; position < order.length; position++) {
      const task = order[position] as number;
      let start = this.#releases[task] as number;
      const last = predecessorOffsets[task + 1] as number;
      for (let at = predecessorOffsets[task] as number; at < last; at++) {
        const end = ends[predecessors[at] as number] as number;
        if (end > start) start = end;
      }
      const duration = durations[task] as number;
      if (duration > 0) {
        start = this.#roomAfter(task, start, duration);
        if (start < 0) {
          this.#used = this.#grid.horizon;
          return Number.POSITIVE_INFINITY;
        }
        this.#take(task, start, start + duration);
      }
      starts[task] = start;
      const end = start + duration;
      ends[task] = end;
      if (end > makespan) makespan = end;
    }
    this.#used = makespan;
    return makespan;
  }

  /** Places each task, in this order, as late as it can be to end by `deadline`; the order must be such that it can. */
  backwards(order: Int32Array, deadline: number): void {
    this.#clear();
    const { starts, ends } = this;
    const { successorOffsets, successors } = this.#compiled.graph;
    const durations = this.#durations;
    for (let position = 0; position < order.length; position++) {
      const task = order[position] as number;
      let end = deadline;
      const last = successorOffsets[task + 1] as number;
      for (let at = successorOffsets[task] as number; at < last; at++) {
        const start = starts[successors[at] as number] as number;
        if (start < end) end = start;
      }
      const duration = durations[task] as number;
      if (duration > 0) {
        end = this.#roomBefore(task, end, duration);
        this.#take(task, end - duration, end);
      }
      starts[task] = end - duration;
      ends[task] = end;
    }
    this.#used = deadline;
  }

  /** The first start from which on a task has what it needs; -1 where that is beyond the horizon. */
  #roomAfter(task: number, ready: number, duration: number): number {
    const { free, guards, wordCount, horizon } = this.#grid;
    let end = ready + duration;
    if (end > horizon) return -1;
    if (wordCount === 1) {
      const guard = guards[0] as number;
      const need = this.#needs[task] as number;
      for (let time = ready; time < end; time++) {
        if (((((free[time] as number) | guard) - need) & guard) === guard) continue;
        end = time + 1 + duration;
        if (end > horizon) return -1;
      }
    } else {
      for (let time = ready; time < end; time++) {
        if (this.#fits(task, time)) continue;
        end = time + 1 + duration;
        if (end > horizon) return -1;
      }
    }
    return end - duration;
  }

  #roomBefore(task: number, deadline: number, duration: number): number {
    const { free, guards, wordCount } = this.#grid;
    let start = deadline - duration;
    if (wordCount === 1) {
      const guard = guards[0] as number;
      const need = this.#needs[task] as number;
      for (let time = deadline - 1; time >= start; time--)
        if (((((free[time] as number) | guard) - need) & guard) !== guard) start = time - duration;
    } else {
      for (let time = deadline - 1; time >= start; time--)
        if (!this.#fits(task, time)) start = time - duration;
    }
    return start + duration;
  }

  #fits(task: number, time: number): boolean {
    const { free, guards, wordCount } = this.#grid;
    for (let word = 0; word < wordCount; word++) {
      const guard = guards[word] as number;
      const left =
        ((free[time * wordCount + word] as number) | guard) -
        (this.#needs[task * wordCount + word] as number);
      if ((left & guard) !== guard) return false;
    }
    return true;
  }

  #take(task: number, start: number, end: number): void {
    const { free, wordCount } = this.#grid;
    for (let word = 0; word < wordCount; word++) {
      const need = this.#needs[task * wordCount + word] as number;
      if (need === 0) continue;
      for (let cell = start * wordCount + word; cell < end * wordCount; cell += wordCount)
        (free[cell] as number) -= need;
    }
  }

  #clear(): void {
    const { free, empty, wordCount } = this.#grid;
    const cells = this.#used * wordCount;
    for (let cell = 0; cell < cells; cell++) free[cell] = empty[cell] as number;
  }
}
