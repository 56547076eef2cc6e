import { createHourlySweep, type HourlySweep } from "../object-store/hourly-sweep.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import type { JobRepository } from "./job-repository.ts";

export interface JobRetentionOptions {
  store: ObjectStore;
  records: JobRepository;
  /** How long an ended job and its result are kept, in days; 0: for ever. */
  days: number;
  /** A pino logger fits. */
  logger: { info(details: object, message: string): void; warn(details: object, message: string): void };
  /** Milliseconds since 1970. Default Date.now. */
  now?: (() => number) | undefined;
}

const dayMilliseconds = 86_400_000;

/** Removes jobs that ended too long ago, with their results. */
export function createJobRetention(options: JobRetentionOptions): HourlySweep {
  const { store, records, days, logger, now = Date.now } = options;
  return createHourlySweep({
    store,
    claimKey: "jobs-sweep.json",
    logger,
    failure: "old jobs cannot be removed yet",
    now,
    async sweep() {
      if (days === 0) return 0;
      const removed = await records.removeEnded(now() - days * dayMilliseconds);
      if (removed > 0) logger.info({ removed, days }, "jobs that ended too long ago were removed");
      return removed;
    },
  });
}
