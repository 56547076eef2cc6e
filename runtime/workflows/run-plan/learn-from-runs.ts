import { setTimeout as delay } from "node:timers/promises";
import type { ObjectStore } from "../../object-store/object-store.ts";
import type { Run } from "../run.ts";
import type { RunRepository } from "../run-repository.ts";
import type { WorkflowLogger } from "../task-type.ts";
import { learnFrom } from "./estimates.ts";

/** Learns from the runs that end here. A process that is lost loses what its last runs told: others will tell it again. */
export interface Learning {
  /** A repository that hands on each run that ends; no run waits for what is learned from it. */
  repository: RunRepository;
  /** Resolves once everything is written; from then on each run is written at once. */
  settle(): Promise<void>;
}

/** Runs that end within so many milliseconds are written together. */
const gatheringMilliseconds = 500;

export function learnFromRuns(runs: RunRepository, store: ObjectStore, logger: WorkflowLogger): Learning {
  /** Workflow → runs that ended and are not written yet. */
  const waiting = new Map<string, Run[]>();
  const writing = new Map<string, Promise<void>>();
  const stopped = new AbortController();

  async function write(workflow: string): Promise<void> {
    while (waiting.has(workflow)) {
      await delay(gatheringMilliseconds, undefined, { signal: stopped.signal }).catch(() => undefined);
      const ended = waiting.get(workflow) ?? [];
      waiting.delete(workflow);
      await learnFrom(store, workflow, ended).catch((error) =>
        logger.warn({ err: error, workflow }, "nothing was learned from runs that ended"),
      );
    }
    writing.delete(workflow);
  }

  return {
    repository: {
      ...runs,
      async recordEnd(run, etag) {
        await runs.recordEnd(run, etag);
        const { workflow } = run;
        const others = waiting.get(workflow);
        if (others === undefined) waiting.set(workflow, [run]);
        else others.push(run);
        if (!writing.has(workflow)) writing.set(workflow, write(workflow));
      },
    },
    async settle() {
      stopped.abort();
      await Promise.all(writing.values());
    },
  };
}
