import { ApiError } from "../errors.ts";
import type { Masking } from "./masking.ts";

/** An error whose text holds a secret is made anew, without its cause and its stack. */
export function maskedError(error: unknown, masking: Masking): unknown {
  if (!(error instanceof Error)) return error;
  const message = masking.text(error.message);
  if (message === error.message) return error;
  if (!(error instanceof ApiError)) return new Error(message);
  return new ApiError(message, { status: error.status, code: error.code, isRetryable: error.isRetryable });
}
