import type { QueueLimits } from "./queue.ts";

export const queueLimits: QueueLimits = {
  maximumMessageBytes: 256 * 1024,
  maximumVisibilitySeconds: 43_200,
  maximumDelaySeconds: 43_200,
};
