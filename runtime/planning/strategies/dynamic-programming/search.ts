import type { CompiledProblem } from "../../compiled-problem.ts";
import { costOfMode } from "../../mode-cost.ts";
import type { CompiledSchedule } from "../strategy.ts";
import { dominates, type Label, LabelQueue } from "./label.ts";
import { createRemainingCost } from "./remaining-cost.ts";

export interface SearchOptions {
  /** A complete schedule of this cost is known: only cheaper ones are looked for. */
  knownCost?: number;
  /** Asked now and then; true ends the search. */
  shouldStop?: () => boolean;
  /** Partial schedules that are kept at most; about 400 bytes each. */
  maximumLabels: number;
}

export interface SearchResult {
  /** The cheapest schedule found; undefined where none is cheaper than `knownCost`. */
  best: (CompiledSchedule & { cost: number }) | undefined;
  /** `complete`: nothing is cheaper. Else what ended the search before that was proved. */
  end: "complete" | "stopped" | "too-many-labels";
  /** Partial schedules that were kept. */
  labels: number;
}

/**
 * Dynamic programming over partial schedules. Time goes from one decision point to the next (a task ends or is
 * released, capacity grows); at each one every set of tasks that fits, in every mode, is started or left for later.
 * Of the partial schedules with the same tasks only those are kept that no other one dominates (label.ts), and only
 * while they can still become cheaper than the best known (remaining-cost.ts). Every objective here grows with the
 * ends of the tasks once their modes are fixed, so an optimal schedule lies among these: each task starts when one
 * ends, is released, or capacity grows (E. Demeulemeester and W. Herroelen, A branch-and-bound procedure for the
 * multiple resource-constrained project scheduling problem, Management Science 38, 1992, for the decision points;
 * J. Carlier and E. Pinson, 1989, for active schedules).
 *
 * @param compiled of at most 31 tasks
 */
export function searchOptimum(compiled: CompiledProblem, options: SearchOptions): SearchResult {
  return new Search(compiled, options).run();
}

class Search {
  readonly #compiled: CompiledProblem;
  readonly #options: SearchOptions;
  readonly #remainingCost: ReturnType<typeof createRemainingCost>;
  readonly #queue = new LabelQueue();
  readonly #labels = new Map<number, Label[]>();
  readonly #all: number;
  readonly #predecessors: Int32Array;
  /** Tasks by their place in the topological order, so that what a task without duration frees comes after it. */
  readonly #order: Int32Array;
  readonly #increases: Float64Array;
  readonly #needsNoMore: (mode: number, other: number) => boolean;
  #bestCost: number;
  #best: Pick<Label, "parent" | "startedAt" | "startedModes"> | undefined;
  #created = 0;
  /** The decision point that is being decided, changed as tasks are started and taken back. */
  #parent: Label;
  #time = 0;
  #started = 0;
  #cost = 0;
  #tasks: number[] = [];
  #modes: number[] = [];
  #ends: number[] = [];
  #startedModes: number[] = [];

  constructor(compiled: CompiledProblem, options: SearchOptions) {
    this.#compiled = compiled;
    this.#options = options;
    this.#remainingCost = createRemainingCost(compiled);
    this.#all = 2 ** compiled.taskCount - 1;
    this.#order = compiled.topologicalOrder;
    this.#predecessors = predecessorMasks(compiled);
    this.#increases = capacityIncreases(compiled);
    this.#needsNoMore = createNeedsNoMore(compiled);
    this.#bestCost = options.knownCost ?? Number.POSITIVE_INFINITY;
    this.#parent = firstLabel;
  }

  run(): SearchResult {
    this.#queue.push(firstLabel);
    const end = this.#exhaust();
    return { best: this.#schedule(), end, labels: this.#created };
  }

  #exhaust(): SearchResult["end"] {
    let expanded = 0;
    for (let label = this.#queue.pop(); label !== undefined; label = this.#queue.pop()) {
      if (label.isDominated) continue;
      if ((++expanded & 255) === 0 && this.#options.shouldStop?.() === true) return "stopped";
      this.#expand(label);
      if (this.#created > this.#options.maximumLabels) return "too-many-labels";
    }
    return "complete";
  }

  /** Every way to start at least one task: at the label's time, or after waiting until a later decision point. */
  #expand(label: Label): void {
    this.#parent = label;
    this.#time = label.time;
    this.#started = label.started;
    this.#cost = label.cost;
    this.#tasks = [...label.runningTasks];
    this.#modes = [...label.runningModes];
    this.#ends = [...label.runningEnds];
    this.#startedModes = [];
    for (;;) {
      this.#startFrom(0, label.lastEnd);
      const next = this.#nextTime();
      if (next === Number.POSITIVE_INFINITY || this.#couldBeEarlier(next)) return;
      if (this.#isHopeless({ ...label, time: next })) return;
      this.#time = next;
    }
  }

  /** Tries each task from this place in the order on, alone and with those after it. */
  #startFrom(place: number, lastEnd: number): void {
    const { modeOffsets, modeDurations } = this.#compiled;
    for (let next = place; next < this.#order.length; next++) {
      const task = this.#order[next] as number;
      if (!this.#isEligible(task)) continue;
      for (let mode = modeOffsets[task] as number; mode < (modeOffsets[task + 1] as number); mode++) {
        if (!this.#fits(mode)) continue;
        const end = this.#time + (modeDurations[mode] as number);
        const cost = this.#cost;
        this.#cost += costOfMode(this.#compiled, task, mode, end);
        this.#started |= 1 << task;
        this.#tasks.push(task);
        this.#modes.push(mode);
        this.#ends.push(end);
        this.#startedModes.push(mode);
        this.#advance(Math.max(lastEnd, end));
        this.#startFrom(next + 1, Math.max(lastEnd, end));
        this.#startedModes.pop();
        this.#ends.pop();
        this.#modes.pop();
        this.#tasks.pop();
        this.#started &= ~(1 << task);
        this.#cost = cost;
      }
    }
  }

  #isEligible(task: number): boolean {
    if ((this.#started & (1 << task)) !== 0) return false;
    if ((this.#compiled.releases[task] as number) > this.#time) return false;
    const predecessors = this.#predecessors[task] as number;
    if ((this.#started & predecessors) !== predecessors) return false;
    for (let index = 0; index < this.#tasks.length; index++)
      if (
        (predecessors & (1 << (this.#tasks[index] as number))) !== 0 &&
        (this.#ends[index] as number) > this.#time
      )
        return false;
    return true;
  }

  /** Whether there is room for the mode from now until it would end, beside what runs. */
  #fits(mode: number): boolean {
    const { resourceCount, capacities, modeNeeds, modeDurations } = this.#compiled;
    const end = this.#time + (modeDurations[mode] as number);
    if (end === this.#time) return true;
    for (let resource = 0; resource < resourceCount; resource++) {
      const need = modeNeeds[mode * resourceCount + resource] as number;
      if (need === 0) continue;
      const { times, amounts } = capacities[resource] as CompiledProblem["capacities"][number];
      for (let piece = 0; piece < times.length; piece++) {
        if (piece + 1 < times.length && (times[piece + 1] as number) <= this.#time) continue;
        const at = Math.max(this.#time, times[piece] as number);
        if (at >= end) break;
        // What runs can only end from here on, so the beginning of each piece is where most is used.
        if (need + this.#usedAt(at, resource) > (amounts[piece] as number)) return false;
      }
    }
    return true;
  }

  #usedAt(time: number, resource: number): number {
    const { resourceCount, modeNeeds } = this.#compiled;
    let used = 0;
    for (let index = 0; index < this.#modes.length; index++)
      if ((this.#ends[index] as number) > time)
        used += modeNeeds[(this.#modes[index] as number) * resourceCount + resource] as number;
    return used;
  }

  /** Nothing more starts now: the partial schedule at the next decision point. */
  #advance(lastEnd: number): void {
    const { objective, timeStep } = this.#compiled;
    if (this.#started === this.#all) {
      const cost = this.#cost + objective.makespan * lastEnd * timeStep;
      if (cost >= this.#bestCost - tolerance(this.#bestCost)) return;
      this.#bestCost = cost;
      this.#best = { parent: this.#parent, startedAt: this.#time, startedModes: [...this.#startedModes] };
      return;
    }
    const time = this.#nextTime();
    if (time === Number.POSITIVE_INFINITY || this.#couldBeEarlier(time)) return;
    const running = this.#ends.flatMap((end, index) => (end > time ? [index] : []));
    const label: Label = {
      time,
      started: this.#started,
      cost: this.#cost,
      lastEnd,
      runningTasks: running.map((index) => this.#tasks[index] as number),
      runningModes: running.map((index) => this.#modes[index] as number),
      runningEnds: running.map((index) => this.#ends[index] as number),
      parent: this.#parent,
      startedAt: this.#time,
      startedModes: [...this.#startedModes],
      isDominated: false,
    };
    if (!this.#isHopeless(label)) this.#keep(label);
  }

  #isHopeless(label: Label): boolean {
    return this.#remainingCost(label) >= this.#bestCost - tolerance(this.#bestCost);
  }

  #nextTime(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const end of this.#ends) if (end > this.#time && end < next) next = end;
    for (const [task, release] of this.#compiled.releases.entries())
      if ((this.#started & (1 << task)) === 0 && release > this.#time && release < next) next = release;
    for (const increase of this.#increases)
      if (increase > this.#time) {
        if (increase < next) next = increase;
        break;
      }
    return next;
  }

  /** A task could run from now and end before anything else may start: whoever starts it later gains nothing. */
  #couldBeEarlier(next: number): boolean {
    const { modeOffsets, modeDurations } = this.#compiled;
    for (const task of this.#order) {
      if (!this.#isEligible(task)) continue;
      let fits = true;
      for (let mode = modeOffsets[task] as number; fits && mode < (modeOffsets[task + 1] as number); mode++)
        fits = this.#time + (modeDurations[mode] as number) <= next && this.#fits(mode);
      if (fits) return true;
    }
    return false;
  }

  #keep(label: Label): void {
    const others = this.#labels.get(label.started) ?? [];
    for (const other of others) if (dominates(other, label, this.#needsNoMore)) return;
    const kept = others.filter((other) => {
      other.isDominated ||= dominates(label, other, this.#needsNoMore);
      return !other.isDominated;
    });
    kept.push(label);
    this.#labels.set(label.started, kept);
    this.#created++;
    this.#queue.push(label);
  }

  #schedule(): SearchResult["best"] {
    if (this.#best === undefined) return undefined;
    const { taskCount, modeOffsets } = this.#compiled;
    const starts = new Float64Array(taskCount);
    const modes = new Int32Array(taskCount);
    const taskOf = (mode: number) => modeOffsets.findIndex((offset) => offset > mode) - 1;
    let step: Pick<Label, "parent" | "startedAt" | "startedModes"> | undefined = this.#best;
    for (; step !== undefined; step = step.parent)
      for (const mode of step.startedModes) {
        const task = taskOf(mode);
        starts[task] = step.startedAt;
        modes[task] = mode;
      }
    return { starts, modes, cost: this.#bestCost };
  }
}

const firstLabel: Label = {
  time: 0,
  started: 0,
  cost: 0,
  lastEnd: 0,
  runningTasks: [],
  runningModes: [],
  runningEnds: [],
  parent: undefined,
  startedAt: 0,
  startedModes: [],
  isDominated: false,
};

/** Costs that differ by less are the same: sums of the same parts in another order. */
function tolerance(cost: number): number {
  return cost === Number.POSITIVE_INFINITY ? 0 : 1e-9 * Math.max(1, Math.abs(cost));
}

function predecessorMasks({ taskCount, graph }: CompiledProblem): Int32Array {
  return Int32Array.from({ length: taskCount }, (_, task) => {
    let mask = 0;
    const last = graph.predecessorOffsets[task + 1] as number;
    for (let at = graph.predecessorOffsets[task] as number; at < last; at++)
      mask |= 1 << (graph.predecessors[at] as number);
    return mask;
  });
}

/** Steps at which there comes to be more of a resource, in order. */
function capacityIncreases({ capacities }: CompiledProblem): Float64Array {
  const times = capacities.flatMap(({ times, amounts }) =>
    [...times].filter((_, piece) => piece > 0 && (amounts[piece] as number) > (amounts[piece - 1] as number)),
  );
  return Float64Array.from(new Set(times)).sort();
}

function createNeedsNoMore({ resourceCount, modeNeeds }: CompiledProblem) {
  return (mode: number, other: number) => {
    for (let resource = 0; resource < resourceCount; resource++)
      if (
        (modeNeeds[mode * resourceCount + resource] as number) >
        (modeNeeds[other * resourceCount + resource] as number)
      )
        return false;
    return true;
  };
}
