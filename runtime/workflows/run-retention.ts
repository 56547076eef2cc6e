import { createHourlySweep, type HourlySweep } from "../object-store/hourly-sweep.ts";
import { listAll } from "../object-store/list-all.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { isFinal, type Run, runFilesPrefix } from "./run.ts";
import type { RunRepository } from "./run-repository.ts";
import { taskResultsPrefix } from "./task-results.ts";
import type { WorkflowLogger } from "./task-type.ts";

export interface RunRetentionOptions {
  store: ObjectStore;
  runs: RunRepository;
  logger: WorkflowLogger;
  /** How long an ended run and what belongs to it is kept, in days, and a cached result; 0: for ever. */
  days: number;
  /** Starts a pending run that may not have been submitted. */
  resubmit: (run: Run) => Promise<void>;
  now?: () => number;
}

const dayMilliseconds = 86_400_000;
/** A run that is pending for longer was perhaps not submitted. */
const pendingMilliseconds = 60_000;
/** Of the newest runs so many are looked at for one that was left behind. */
const maximumLookedAt = 1000;

/** Removes what is too old, and starts what was left behind. */
export function createRunRetention(options: RunRetentionOptions): HourlySweep {
  const { store, runs, logger, days, resubmit, now = Date.now } = options;

  async function removeOldRuns(before: number): Promise<number> {
    let removed = 0;
    for (let pageToken: string | undefined = runs.tokenBefore(before); pageToken !== undefined; ) {
      const page = await runs.page({ pageSize: 200, pageToken });
      for (const id of page.ids) {
        const run = await runs.read(id);
        if (run === undefined || !isFinal(run.state) || Date.parse(run.finishedAt ?? run.createdAt) >= before)
          continue;
        await removeAll(runFilesPrefix(id));
        // Last, so that a sweep that is interrupted finds it again.
        await runs.remove(run);
        removed += 1;
      }
      pageToken = page.nextPageToken;
    }
    return removed;
  }

  async function removeAll(prefix: string, before = Number.POSITIVE_INFINITY): Promise<void> {
    for await (const { key, lastModified } of listAll(store, prefix))
      if (lastModified.getTime() < before) await store.delete(key);
  }

  async function startLeftBehind(): Promise<void> {
    const { ids } = await runs.page({ pageSize: maximumLookedAt });
    for (const id of ids) {
      const run = await runs.read(id);
      const isOpen = run !== undefined && !isFinal(run.state);
      if (isOpen && now() - Date.parse(run.createdAt) > pendingMilliseconds) await resubmit(run);
    }
  }

  async function sweep(): Promise<number> {
    await startLeftBehind();
    if (days === 0) return 0;
    const before = now() - days * dayMilliseconds;
    const removed = await removeOldRuns(before);
    await removeAll(taskResultsPrefix, before);
    if (removed > 0) logger.info({ removed, days }, "runs that ended too long ago were removed");
    return removed;
  }

  return createHourlySweep({
    store,
    claimKey: "runs-sweep.json",
    logger,
    failure: "old runs cannot be removed yet",
    sweep,
    now,
  });
}
