/**
 * A partial schedule at a decision point: everything that was started, and what still runs. Tasks are bits of
 * `started`; the three lists of running tasks go together.
 */
export interface Label {
  /** Step at which the next decision is taken. */
  readonly time: number;
  /** Bit mask of the tasks that have started. */
  readonly started: number;
  /** Objective of the tasks that have started, but for the makespan. */
  readonly cost: number;
  /** Step at which the last started task ends. */
  readonly lastEnd: number;
  readonly runningTasks: readonly number[];
  readonly runningModes: readonly number[];
  readonly runningEnds: readonly number[];
  readonly parent: Label | undefined;
  /** Step at which the tasks were started that the parent had not: at its time, or later. */
  readonly startedAt: number;
  /** Modes in which they were. */
  readonly startedModes: readonly number[];
  /** A better label of the same tasks was found. */
  isDominated: boolean;
}

/**
 * Whether every continuation of `right` is one of `left`, too, and costs no more there: the same tasks have started,
 * and at every time from now on `left` holds no more of anything.
 * @param needsNoMore compares two modes over all resources
 */
export function dominates(
  left: Label,
  right: Label,
  needsNoMore: (mode: number, other: number) => boolean,
): boolean {
  if (left.time > right.time || left.cost > right.cost || left.lastEnd > right.lastEnd) return false;
  for (let index = 0; index < left.runningTasks.length; index++) {
    const end = left.runningEnds[index] as number;
    if (end <= right.time) continue;
    const other = right.runningTasks.indexOf(left.runningTasks[index] as number);
    if (other < 0 || end > (right.runningEnds[other] as number)) return false;
    if (!needsNoMore(left.runningModes[index] as number, right.runningModes[other] as number)) return false;
  }
  return true;
}

/** Labels by time; of the same time the one with more tasks first. */
export class LabelQueue {
  readonly #heap: Label[] = [];

  get size(): number {
    return this.#heap.length;
  }

  push(label: Label): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(label);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(label, heap[parent] as Label)) break;
      heap[index] = heap[parent] as Label;
      index = parent;
    }
    heap[index] = label;
  }

  pop(): Label | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Label, heap[child] as Label)) child++;
      if (!isBefore(heap[child] as Label, last)) break;
      heap[index] = heap[child] as Label;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(left: Label, right: Label): boolean {
  if (left.time !== right.time) return left.time < right.time;
  return bitCount(left.started) > bitCount(right.started);
}

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}
