import { ApiError, errorMessage } from "../../errors.ts";
import type { EnsembleStep } from "./steps.ts";

/** Names the step. That a part is missing is no fault of the address that was asked: 503 instead of 404. */
export function atStep(index: number, { model }: Pick<EnsembleStep, "model">, error: unknown): ApiError {
  const message = `steps[${index}] (model ${model}): ${errorMessage(error)}`;
  if (!(error instanceof ApiError))
    return new ApiError(message, { status: 500, code: "inference-failed", cause: error });
  const isMissing = error.status === 404;
  return new ApiError(message, {
    status: isMissing ? 503 : error.status,
    code: isMissing ? "model-unavailable" : error.code,
    problems: error.problems.map(({ path, message }) => ({ path: `steps[${index}].${path}`, message })),
    isRetryable: isMissing || error.isRetryable,
    retryAfterSeconds: error.retryAfterSeconds,
    cause: error,
  });
}
