import { Random } from "../random.ts";
import { precedenceOrder } from "../schemes/precedence-order.ts";
import { type PriorityRuleName, priorityRules, rankByPriority } from "../schemes/priority-rules.ts";
import { ActivityLists } from "./activity-lists.ts";
import { Evaluation } from "./evaluation.ts";
import { Population } from "./population.ts";
import type { SearchGrid } from "./search-grid.ts";

export interface GeneticOptions {
  seed: number;
  /** The most schedules to make. */
  schedules: number;
  /** A value that no schedule is below, in what Evaluation counts in: the search ends when it is reached. */
  bound: number;
  /** Asked between children; the search ends when it says so. */
  shouldStop: () => boolean;
  /** Told after each better schedule, and every thousand or so. */
  onProgress: (schedules: number, bestValue: number) => void;
}

/** The same for problems of every size; found on instances of 30 and 60 tasks. */
const POPULATION = 40;
const TOURNAMENT = 3;
/** A child that is more than so much worse than the best is not improved. */
const WORTH_IMPROVING = 1.1;
/** After so many children without a better one all but the best are drawn anew. */
const RESTART_AFTER = 300;
const PROGRESS_EVERY = 1000;

/**
 * A genetic algorithm on activity lists (Hartmann 1998) whose children are improved by justification (Valls,
 * Ballestín, Quintanilla 2005), one child at a time: it takes the place of the worst. When nothing better is found for
 * long, the population starts anew around the best.
 */
export class GeneticSearch {
  readonly #grid: SearchGrid;
  readonly #options: GeneticOptions;
  readonly #lists: ActivityLists;
  readonly #population: Population;
  readonly #evaluation: Evaluation;
  readonly #hasModes: boolean;
  #told = 0;
  #toldBest = Number.POSITIVE_INFINITY;

  constructor(grid: SearchGrid, options: GeneticOptions) {
    const { compiled } = grid;
    const random = new Random(options.seed);
    this.#grid = grid;
    this.#options = options;
    this.#hasModes = compiled.modeDurations.length > compiled.taskCount;
    this.#lists = new ActivityLists(compiled, random);
    this.#population = new Population(POPULATION, compiled.taskCount, this.#hasModes, random);
    this.#evaluation = new Evaluation(grid);
  }

  /** @returns the evaluation that knows the best schedule */
  run(): Evaluation {
    this.#fill(0);
    const { taskCount } = this.#grid.compiled;
    const child = new Int32Array(taskCount);
    const childModes = new Int32Array(this.#hasModes ? taskCount : 0);
    let sinceBetter = 0;
    while (!this.#isDone()) {
      const best = this.#evaluation.bestValue;
      this.#breed(child, childModes);
      sinceBetter = this.#evaluation.bestValue < best ? 0 : sinceBetter + 1;
      if (sinceBetter < RESTART_AFTER) continue;
      sinceBetter = 0;
      this.#restart();
    }
    return this.#evaluation;
  }

  #isDone(): boolean {
    const { schedules, bestValue } = this.#evaluation;
    if (bestValue < this.#toldBest || schedules - this.#told >= PROGRESS_EVERY) {
      this.#told = schedules;
      this.#toldBest = bestValue;
      this.#options.onProgress(schedules, bestValue);
    }
    return (
      schedules >= this.#options.schedules || bestValue <= this.#options.bound || this.#options.shouldStop()
    );
  }

  #evaluate(list: Int32Array, modes: Int32Array, limit: number): number {
    const left = this.#options.schedules - this.#evaluation.schedules;
    return this.#evaluation.evaluate(list, modes, limit, left);
  }

  /** Fills the population's places from one on: with the lists of rules first, then with lists drawn at random. */
  #fill(from: number): void {
    const { compiled } = this.#grid;
    const population = this.#population;
    const list = new Int32Array(compiled.taskCount);
    const modes = compiled.modeOffsets.slice(0, this.#hasModes ? compiled.taskCount : 0);
    for (let place = from; place < population.size && !this.#isDone(); place++) {
      const rule = from === 0 ? this.#rules()[place] : undefined;
      if (rule === undefined) this.#lists.sample(list);
      else list.set(precedenceOrder(compiled.graph, rankByPriority(priorityRules[rule](compiled))));
      if (place > 0 && this.#hasModes) this.#lists.mutateModes(modes);
      population.set(place, list, modes, 0);
      const value = this.#evaluate(list, modes, Number.POSITIVE_INFINITY);
      population.set(place, list, modes, value);
    }
  }

  #rules(): PriorityRuleName[] {
    const { objective } = this.#grid.compiled;
    const rules: PriorityRuleName[] = [];
    if (objective.makespan > 0) rules.push("LFT", "MTS");
    if (objective.weightedCompletion > 0) rules.push("WSPT");
    if (objective.exceptionCost > 0) rules.push("EDD");
    return rules;
  }

  #breed(child: Int32Array, childModes: Int32Array): void {
    const population = this.#population;
    const mother = population.tournament(TOURNAMENT);
    const father = population.tournament(TOURNAMENT);
    this.#lists.cross(
      population.lists[mother] as Int32Array,
      population.lists[father] as Int32Array,
      child,
      this.#hasModes
        ? {
            mother: population.modes[mother] as Int32Array,
            father: population.modes[father] as Int32Array,
            child: childModes,
          }
        : undefined,
    );
    this.#lists.mutate(child);
    if (this.#hasModes) this.#lists.mutateModes(childModes);
    const value = this.#evaluate(child, childModes, this.#evaluation.bestValue * WORTH_IMPROVING);
    const worst = population.worst();
    if (value <= (population.values[worst] as number) && !population.has(child, childModes, value))
      population.set(worst, child, childModes, value);
  }

  #restart(): void {
    const population = this.#population;
    const best = population.best();
    population.set(
      0,
      population.lists[best] as Int32Array,
      population.modes[best] as Int32Array,
      population.values[best] as number,
    );
    population.values.fill(Number.POSITIVE_INFINITY, 1);
    this.#fill(1);
  }
}
