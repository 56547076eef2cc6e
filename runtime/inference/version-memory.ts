import type { ModelManifest } from "./manifest.ts";

/**
 * Measured with ONNX Runtime 1.30 on Linux: a worker thread with its libraries and an idle session takes 22 MB of
 * resident memory, a session of one large matrix 1.0 times its file, for 20, 50 and 100 MB alike. The rest is for what
 * runs allocate.
 */
const threadBytes = 24_000_000;
const fileFactor = 1.2;

/** What a version takes in memory when it is loaded, estimated in bytes before it is. */
export function estimateMemory(
  { files, cache, workers, steps }: Pick<ModelManifest, "files" | "cache" | "workers" | "steps">,
  defaultWorkers: number,
): number {
  // Its models count for themselves.
  if (steps !== undefined) return 0;
  const fileBytes = files.reduce((sum, { size }) => sum + size, 0);
  const perWorker = threadBytes + Math.ceil(fileFactor * fileBytes);
  return (workers ?? defaultWorkers) * perWorker + (cache?.maximumBytes ?? 0);
}
