import { setTimeout as delay } from "node:timers/promises";

/**
 * The steps that this process executes right now. After Restate was lost and came back it asks for a step again
 * while the old execution may still be ending: the new one waits for it, so that no two run at once.
 */
export class Executions {
  readonly #running = new Map<string, Promise<unknown>>();
  readonly #controllers = new Map<string, Set<AbortController>>();
  #isDraining = false;

  /** Executes a step once no other execution of the same key is under way. */
  async run<Result>(key: string, action: () => Promise<Result>): Promise<Result> {
    // While this process ends no step begins; Restate asks another process, or this one after its restart.
    if (this.#isDraining) return await new Promise<never>(() => undefined);
    const previous = this.#running.get(key) ?? Promise.resolve();
    const execution = previous.catch(() => undefined).then(action);
    this.#running.set(key, execution);
    try {
      return await execution;
    } finally {
      if (this.#running.get(key) === execution) this.#running.delete(key);
    }
  }

  /** A controller that `cancel` aborts; remove it when the run's execution in this process ends. */
  controllerOf(runId: string): AbortController {
    const controller = new AbortController();
    const controllers = this.#controllers.get(runId) ?? new Set();
    this.#controllers.set(runId, controllers.add(controller));
    return controller;
  }

  remove(runId: string, controller: AbortController): void {
    const controllers = this.#controllers.get(runId);
    controllers?.delete(controller);
    if (controllers?.size === 0) this.#controllers.delete(runId);
  }

  /** Ends what this process executes for a run. */
  cancel(runId: string): void {
    for (const controller of this.#controllers.get(runId) ?? []) controller.abort();
  }

  /** Lets steps under way end for at most `seconds`; none begins from now on. */
  async drain(seconds: number): Promise<void> {
    this.#isDraining = true;
    if (this.#running.size === 0) return;
    const timer = new AbortController();
    const settled = Promise.allSettled(this.#running.values()).finally(() => timer.abort());
    await Promise.race([
      settled,
      delay(seconds * 1000, undefined, { signal: timer.signal }).catch(() => undefined),
    ]);
  }

  /** Waits until nothing runs any more. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }
}
