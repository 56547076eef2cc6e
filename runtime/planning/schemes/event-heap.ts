/** Tasks by time, the earliest on top: a binary heap in two flat arrays. */
export class EventHeap {
  readonly #times: Float64Array;
  readonly #tasks: Int32Array;
  #size = 0;

  /** @param capacity the most events that it holds at once */
  constructor(capacity: number) {
    this.#times = new Float64Array(capacity);
    this.#tasks = new Int32Array(capacity);
  }

  /** Time of the earliest event; Infinity where there is none. */
  get nextTime(): number {
    return this.#size > 0 ? (this.#times[0] as number) : Number.POSITIVE_INFINITY;
  }

  push(time: number, task: number): void {
    const times = this.#times;
    const tasks = this.#tasks;
    let place = this.#size++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if ((times[parent] as number) <= time) break;
      times[place] = times[parent] as number;
      tasks[place] = tasks[parent] as number;
      place = parent;
    }
    times[place] = time;
    tasks[place] = task;
  }

  /** Takes the earliest event off. @returns its task */
  pop(): number {
    const times = this.#times;
    const tasks = this.#tasks;
    const task = tasks[0] as number;
    const size = --this.#size;
    const time = times[size] as number;
    const moved = tasks[size] as number;
    let place = 0;
    for (let child = 1; child < size; child = place * 2 + 1) {
      if (child + 1 < size && (times[child + 1] as number) < (times[child] as number)) child++;
      if ((times[child] as number) >= time) break;
      times[place] = times[child] as number;
      tasks[place] = tasks[child] as number;
      place = child;
    }
    times[place] = time;
    tasks[place] = moved;
    return task;
  }
}
