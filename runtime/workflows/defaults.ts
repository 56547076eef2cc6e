import type { RetryPolicy } from "./workflow.ts";

/** Seconds that one attempt may take where a workflow does not say. */
export const defaultTimeout = 30;

/** When a failed attempt is tried again where a workflow does not say. */
export const defaultRetries: RetryPolicy = {
  maximum: 3,
  initialInterval: 0.1,
  maximumInterval: 5,
  factor: 2,
};
