import type * as restate from "@restatedev/restate-sdk";

/**
 * How Restate repeats an invocation whose process was lost: until it ends, since what may fail for good is recorded as a
 * result and never thrown. Milliseconds.
 */
export const invocationRetries: restate.RetryPolicy = {
  initialInterval: 100,
  exponentiationFactor: 2,
  maxInterval: 3000,
  maxAttempts: 1_000_000_000,
};
