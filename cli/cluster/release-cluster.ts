import { type ClusterObjects, type HangingObject, steps } from "./hanging-objects.ts";

export interface ReleaseOptions {
  /** Time for all steps together. */
  seconds: number;
  /** Milliseconds of any clock. */
  now(): number;
  pause(): Promise<void>;
  /** Told before each pause what is still there. */
  onWait(waiting: HangingObject[]): void;
}

/**
 * Deletes what keeps load balancers, disks and nodes alive, step by step, and waits until it is gone.
 * @returns what did not go in time; then nothing of the next step was touched.
 */
export async function releaseCluster(
  cluster: ClusterObjects,
  options: ReleaseOptions,
): Promise<HangingObject[]> {
  const deadline = options.now() + options.seconds * 1000;
  for (const step of steps) {
    for (;;) {
      const waiting = await cluster.list(step);
      if (waiting.length === 0) break;
      for (const object of waiting.filter(({ isDeleting, followsAnother }) => !isDeleting && !followsAnother))
        await cluster.remove(object);
      if (options.now() >= deadline) return waiting;
      options.onWait(waiting);
      await options.pause();
    }
  }
  return [];
}
