import { isFinal, type TaskState } from "./run.ts";
import type { Workflow } from "./workflow.ts";

/**
 * Tasks that wait for no other any more and about which nothing is decided yet. Kept up to date with each change, since
 * looking at every task at each of as many events takes the square of their number.
 */
export class UndecidedTasks {
  readonly #position: Map<string, number>;
  readonly #dependents = new Map<string, string[]>();
  readonly #unfinished = new Map<string, number>();
  readonly #undecided = new Set<string>();

  constructor(workflow: Workflow, stateOf: (task: string) => TaskState) {
    this.#position = new Map(workflow.order.map((name, index) => [name, index]));
    for (const name of workflow.order) {
      const open = (workflow.dependencies[name] ?? []).filter((dependency) => !isFinal(stateOf(dependency)));
      for (const dependency of open)
        this.#dependents.set(dependency, [...(this.#dependents.get(dependency) ?? []), name]);
      this.#unfinished.set(name, open.length);
      if (open.length === 0 && stateOf(name) === "pending") this.#undecided.add(name);
    }
  }

  /** The task has ended. */
  ended(task: string): void {
    this.#undecided.delete(task);
    for (const dependent of this.#dependents.get(task) ?? []) {
      const left = (this.#unfinished.get(dependent) ?? 0) - 1;
      this.#unfinished.set(dependent, left);
      if (left === 0) this.#undecided.add(dependent);
    }
  }

  decided(task: string): void {
    this.#undecided.delete(task);
  }

  /** The first in topological order; undefined where there is none. */
  first(): string | undefined {
    let first: string | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const name of this.#undecided) {
      const position = this.#position.get(name) ?? 0;
      if (position >= least) continue;
      first = name;
      least = position;
    }
    return first;
  }
}
