import { setTimeout as delay } from "node:timers/promises";
import type { BatchV1Api, CoreV1Api, V1Job, V1Pod } from "@kubernetes/client-node";

export interface JobState {
  /** Undefined: there is none, or no more. */
  job: V1Job | undefined;
  /** Its pod; undefined: none yet. */
  pod: V1Pod | undefined;
}

export interface JobWatcher {
  /**
   * The state of a Job as of now or later, at most once an interval however many ask.
   * @throws Error when the cluster does not answer
   */
  state(name: string): Promise<JobState>;
}

export interface JobWatcherOptions {
  batch: Pick<BatchV1Api, "listNamespacedJob">;
  core: Pick<CoreV1Api, "listNamespacedPod">;
  namespace: string;
  labelSelector: string;
  /** Default 1000. */
  intervalMilliseconds?: number | undefined;
}

/** Lists all Jobs of this runtime together: two requests a second, whether one attempt waits or a thousand. */
export function createJobWatcher(options: JobWatcherOptions): JobWatcher {
  const { batch, core, namespace, labelSelector, intervalMilliseconds = 1000 } = options;
  let next: Promise<Map<string, JobState>> | undefined;

  async function list(): Promise<Map<string, JobState>> {
    await delay(intervalMilliseconds);
    // Whoever asks from now on may have made a Job that this list does not hold.
    next = undefined;
    const [jobs, pods] = await Promise.all([
      batch.listNamespacedJob({ namespace, labelSelector }),
      core.listNamespacedPod({ namespace, labelSelector }),
    ]);
    const states = new Map<string, JobState>();
    for (const job of jobs.items) states.set(job.metadata?.name ?? "", { job, pod: undefined });
    for (const pod of pods.items) {
      const owner = pod.metadata?.ownerReferences?.find(({ kind }) => kind === "Job");
      const state = states.get(owner?.name ?? "");
      // A pod may be left of a Job of the same name that was removed.
      if (state?.job?.metadata?.uid === owner?.uid && state !== undefined) state.pod = pod;
    }
    return states;
  }

  return {
    async state(name) {
      next ??= list();
      return (await next).get(name) ?? { job: undefined, pod: undefined };
    },
  };
}
