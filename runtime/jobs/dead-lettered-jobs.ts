import type { ObjectStore } from "../object-store/object-store.ts";
import { parseCloudEvent } from "../queue/cloud-event.ts";
import { readEvent } from "../queue/large-messages.ts";
import type { DeadLetter, Queue } from "../queue/queue.ts";
import type { InferenceJobs } from "./inference-jobs.ts";
import { INFERENCE_JOB } from "./job.ts";

export interface DeadLetteredJobsOptions {
  queue: Pick<Queue, "depth" | "deadLetters">;
  store: Pick<ObjectStore, "get">;
  jobs: Pick<InferenceJobs, "giveUp">;
}

/**
 * Ends jobs whose messages the queue gave up, such as one that kills each process that handles it: nobody else would
 * tell. The dead letters stay where they are.
 * @returns looks at them where there may be new ones; the first time at all
 */
export function createDeadLetteredJobs({ queue, store, jobs }: DeadLetteredJobsOptions): () => Promise<void> {
  let seen: number | undefined;
  return async () => {
    const { deadLettered } = await queue.depth();
    if (deadLettered === 0 || (deadLettered !== undefined && deadLettered === seen)) return;
    for (const letter of await queue.deadLetters({ limit: 1000 })) await giveUp(letter);
    seen = deadLettered;
  };

  async function giveUp(letter: DeadLetter): Promise<void> {
    if (!isJob(letter)) return;
    const event = await readEvent(store, letter);
    if (event !== undefined) await jobs.giveUp(event, letter.reason);
  }
}

/** Other messages may be anything, even no event. */
function isJob({ body }: DeadLetter): boolean {
  try {
    return parseCloudEvent(body).type === INFERENCE_JOB;
  } catch {
    return false;
  }
}
