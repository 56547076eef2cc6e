import * as restate from "@restatedev/restate-sdk";
import type { WaitOptions } from "./task-kinds/task-kind.ts";

interface Wait {
  task: string;
  endsByItself: boolean;
  promise: restate.RestatePromise<() => void | Promise<void>>;
}

/** What the tasks of a run wait for. */
export class RunWaits {
  #waits: Wait[] = [];

  get isEmpty(): boolean {
    return this.#waits.length === 0;
  }

  add<Value>(
    task: string,
    promise: restate.RestatePromise<Value>,
    then: (value: Value) => void | Promise<void>,
    { endsByItself = false }: WaitOptions = {},
  ): void {
    const wait: Wait = {
      task,
      endsByItself,
      promise: promise.map((value) => () => {
        this.#waits = this.#waits.filter((other) => other !== wait);
        return then(value as Value);
      }),
    };
    this.#waits.push(wait);
  }

  has(task: string): boolean {
    return this.#waits.some((wait) => wait.task === task);
  }

  remove(task: string): void {
    this.#waits = this.#waits.filter((wait) => wait.task !== task);
  }

  /** Leaves what ends by itself. */
  removeEndless(): void {
    this.#waits = this.#waits.filter((wait) => wait.endsByItself);
  }

  /** Resolves with what the first that is recorded is to do; `others` are waited for too. */
  next<Other>(others: restate.RestatePromise<Other>[]): Promise<Other | (() => void | Promise<void>)> {
    type Next = Other | (() => void | Promise<void>);
    const promises: restate.RestatePromise<Next>[] = [
      ...this.#waits.map(({ promise }) => promise),
      ...others,
    ];
    const [only] = promises;
    if (only !== undefined && promises.length === 1) return only as unknown as Promise<Next>;
    return restate.RestatePromise.race(promises) as Promise<Next>;
  }
}
