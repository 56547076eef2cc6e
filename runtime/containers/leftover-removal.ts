import { setTimeout as delay } from "node:timers/promises";
import { errorMessage } from "../errors.ts";
import type { ContainerRunner } from "./container-runner.ts";

export interface LeftoverRemovalOptions {
  runner: Pick<ContainerRunner, "name" | "removeLeftovers">;
  /** @throws where it is not known: then the run's containers stay. */
  isEnded(runId: string): Promise<boolean>;
  logger: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  /** Default 300. */
  intervalSeconds?: number;
}

/** Removes containers of ended runs now and every few minutes. @returns stops it */
export function startLeftoverRemoval(options: LeftoverRemovalOptions): () => Promise<void> {
  const { runner, isEnded, logger, intervalSeconds = 300 } = options;
  const controller = new AbortController();
  const { signal } = controller;

  async function removeOnce(): Promise<void> {
    try {
      const removed = await runner.removeLeftovers((runId) => isEnded(runId).catch(() => false));
      if (removed > 0) logger.info({ containers: runner.name, removed }, "leftovers of ended runs removed");
    } catch (error) {
      logger.warn({ containers: runner.name, reason: errorMessage(error) }, "leftovers cannot be removed");
    }
  }

  const ended = (async () => {
    while (!signal.aborted) {
      await removeOnce();
      await delay(intervalSeconds * 1000, undefined, { signal, ref: false }).catch(() => undefined);
    }
  })();
  return async () => {
    controller.abort();
    await ended;
  };
}
