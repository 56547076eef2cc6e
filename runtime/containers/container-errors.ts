import { ApiError } from "../errors.ts";

/** What would go wrong the same way at the next attempt. */
export function finalError(code: string, message: string, cause?: unknown): ApiError {
  return new ApiError(message, { status: 422, code, cause });
}

/** What another attempt may survive. */
export function passingError(code: string, message: string, cause?: unknown): ApiError {
  return new ApiError(message, { status: 503, code, cause });
}

export function timeLimitError(seconds: number | undefined): ApiError {
  const limit = seconds === undefined ? "its time limit" : `its limit of ${seconds} s`;
  return new ApiError(`the container ran longer than ${limit}`, { status: 504, code: "container-timeout" });
}
