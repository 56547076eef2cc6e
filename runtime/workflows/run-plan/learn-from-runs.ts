import type { ObjectStore } from "../../object-store/object-store.ts";
import type { Run } from "../run.ts";
import type { RunRepository } from "../run-repository.ts";
import type { WorkflowLogger } from "../task-type.ts";
import { learnFrom } from "./estimates.ts";

/** Learns from the runs that end here. A process that is lost loses what its last runs told: others will tell it again. */
export interface Learning {
  /** A repository that hands on each run that ends; no run waits for what is learned from it. */
  repository: RunRepository;
  /** Resolves once everything is written. */
  settle(): Promise<void>;
}

export function learnFromRuns(runs: RunRepository, store: ObjectStore, logger: WorkflowLogger): Learning {
  /** Workflow → runs that ended while a write of others was under way: they share the next one. */
  const waiting = new Map<string, Run[]>();
  const writing = new Map<string, Promise<void>>();

  async function write(workflow: string): Promise<void> {
    for (let ended = waiting.get(workflow); ended !== undefined; ended = waiting.get(workflow)) {
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
        waiting.set(workflow, [...(waiting.get(workflow) ?? []), run]);
        if (!writing.has(workflow)) writing.set(workflow, write(workflow));
      },
    },
    async settle() {
      await Promise.all(writing.values());
    },
  };
}
