import type { CompiledProblem } from "../compiled-problem.ts";
import type { CompiledSchedule } from "../strategies/strategy.ts";
import { EligibleTasks } from "./eligible-tasks.ts";
import { EventHeap } from "./event-heap.ts";
import { ResourceProfile } from "./resource-profile.ts";

/**
 * The parallel schedule generation scheme (Kolisch 1996, as for the serial one): from one time at which something
 * ends, or becomes available, to the next, starting each time whatever fits in the order of the ranks. A task with
 * several modes takes the shortest one that fits at that time.
 * @param ranks task → its place by priority
 * @returns undefined where a task finds no room, which only resources that run out for ever can cause
 */
export function parallelScheme(compiled: CompiledProblem, ranks: Int32Array): CompiledSchedule | undefined {
  return new ParallelScheme(compiled, ranks).run();
}

class ParallelScheme {
  readonly #compiled: CompiledProblem;
  readonly #eligible: EligibleTasks;
  readonly #ends: EventHeap;
  readonly #releases: EventHeap;
  readonly #waitsFor: Int32Array;
  readonly #free: Int32Array;
  /** Times at which capacity changes, the next one last. */
  readonly #changes: number[];
  /** Only where capacity changes: whether there is room until a task's end, not only now. */
  readonly #profile: ResourceProfile | undefined;
  readonly #starts: Float64Array;
  readonly #modes: Int32Array;
  #started = 0;

  constructor(compiled: CompiledProblem, ranks: Int32Array) {
    const { taskCount, resourceCount, graph, capacities } = compiled;
    this.#compiled = compiled;
    this.#eligible = new EligibleTasks(compiled, ranks);
    this.#ends = new EventHeap(taskCount);
    this.#releases = new EventHeap(taskCount);
    this.#waitsFor = new Int32Array(taskCount);
    this.#free = new Int32Array(resourceCount);
    this.#changes = [...new Set([0, ...capacities.flatMap(({ times }) => [...times])])].sort((a, b) => b - a);
    this.#profile = this.#changes.length > 1 ? new ResourceProfile(compiled) : undefined;
    this.#starts = new Float64Array(taskCount);
    this.#modes = new Int32Array(taskCount);
    for (let task = 0; task < taskCount; task++) {
      this.#waitsFor[task] =
        (graph.predecessorOffsets[task + 1] as number) - (graph.predecessorOffsets[task] as number);
      if (this.#waitsFor[task] === 0) this.#makeReady(task, 0);
    }
  }

  run(): CompiledSchedule | undefined {
    const { taskCount } = this.#compiled;
    let now = 0;
    while (this.#started < taskCount) {
      now = Math.min(
        this.#ends.nextTime,
        this.#releases.nextTime,
        this.#changes.at(-1) ?? Number.POSITIVE_INFINITY,
      );
      if (now === Number.POSITIVE_INFINITY) return undefined;
      this.#changeCapacity(now);
      while (this.#ends.nextTime <= now) this.#finish(this.#ends.pop(), now);
      while (this.#releases.nextTime <= now) this.#eligible.add(this.#releases.pop());
      this.#startWhatFits(now);
    }
    return { starts: this.#starts, modes: this.#modes };
  }

  #makeReady(task: number, now: number): void {
    const release = this.#compiled.releases[task] as number;
    if (release <= now) this.#eligible.add(task);
    else this.#releases.push(release, task);
  }

  #changeCapacity(now: number): void {
    if (this.#changes.at(-1) !== now) return;
    this.#changes.pop();
    this.#compiled.capacities.forEach(({ times, amounts }, resource) => {
      const piece = times.indexOf(now);
      if (piece < 0) return;
      (this.#free[resource] as number) +=
        (amounts[piece] as number) - (piece > 0 ? (amounts[piece - 1] as number) : 0);
    });
  }

  #finish(task: number, now: number): void {
    const { graph, resourceCount, modeNeeds } = this.#compiled;
    const needs = (this.#modes[task] as number) * resourceCount;
    for (let resource = 0; resource < resourceCount; resource++)
      (this.#free[resource] as number) += modeNeeds[needs + resource] as number;
    for (
      let at = graph.successorOffsets[task] as number;
      at < (graph.successorOffsets[task + 1] as number);
      at++
    ) {
      const successor = graph.successors[at] as number;
      if (--(this.#waitsFor[successor] as number) === 0) this.#makeReady(successor, now);
    }
  }

  /** Once through the ranks is enough: what did not fit before fits no better when more has started. */
  #startWhatFits(now: number): void {
    this.#eligible.forEachThatFits(this.#free, (task) => {
      const mode = this.#modeThatFits(task, now);
      if (mode >= 0) this.#start(task, mode, now);
    });
  }

  #modeThatFits(task: number, now: number): number {
    const { modeOffsets, modeDurations, modeNeeds, resourceCount } = this.#compiled;
    for (let mode = modeOffsets[task] as number; mode < (modeOffsets[task + 1] as number); mode++) {
      let fits = true;
      for (let resource = 0; resource < resourceCount && fits; resource++)
        fits = (modeNeeds[mode * resourceCount + resource] as number) <= (this.#free[resource] as number);
      if (fits && this.#profile !== undefined)
        fits = this.#profile.earliestRoom(mode, modeDurations[mode] as number, now) === now;
      if (fits) return mode;
    }
    return -1;
  }

  #start(task: number, mode: number, now: number): void {
    const { modeDurations, modeNeeds, resourceCount } = this.#compiled;
    this.#eligible.remove(task);
    this.#starts[task] = now;
    this.#modes[task] = mode;
    for (let resource = 0; resource < resourceCount; resource++)
      (this.#free[resource] as number) -= modeNeeds[mode * resourceCount + resource] as number;
    this.#profile?.take(mode, modeDurations[mode] as number, now);
    this.#ends.push(now + (modeDurations[mode] as number), task);
    this.#started++;
  }
}
