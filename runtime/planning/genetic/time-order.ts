/** Sorts tasks by a time of theirs, in linear time and without allocating; tasks of the same time keep their order. */
export class TimeOrder {
  readonly #counts: Int32Array;

  /** @param horizon no time is above it */
  constructor(horizon: number) {
    this.#counts = new Int32Array(horizon + 2);
  }

  /** @param latest no time of the tasks is above it */
  ascending(tasks: Int32Array, times: Int32Array, latest: number, sorted: Int32Array): void {
    const counts = this.#counts;
    counts.fill(0, 0, latest + 2);
    for (let at = 0; at < tasks.length; at++) (counts[(times[at] as number) + 1] as number)++;
    for (let time = 0; time < latest; time++) (counts[time + 1] as number) += counts[time] as number;
    for (let at = 0; at < tasks.length; at++) {
      const task = tasks[at] as number;
      sorted[(counts[times[task] as number] as number)++] = task;
    }
  }

  descending(tasks: Int32Array, times: Int32Array, latest: number, sorted: Int32Array): void {
    const counts = this.#counts;
    counts.fill(0, 0, latest + 2);
    for (let at = 0; at < tasks.length; at++) (counts[latest - (times[at] as number) + 1] as number)++;
    for (let time = 0; time < latest; time++) (counts[time + 1] as number) += counts[time] as number;
    for (let at = 0; at < tasks.length; at++) {
      const task = tasks[at] as number;
      sorted[(counts[latest - (times[task] as number)] as number)++] = task;
    }
  }
}
