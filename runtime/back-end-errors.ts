import { ApiError, errorMessage } from "./errors.ts";

/**
 * What goes wrong with a service that is reached over a network, the same for every driver:
 * - `unavailable`: no connection, a time-out, a failure of the service's, or throttling that outlasted the retries.
 * - `credentials-expired`: works again when the environment gives fresh ones.
 * - `access-denied`: credentials that are missing or wrong, or a permission that is missing.
 * - `not-found`: there is no such bucket, queue or store of secrets.
 */
export type BackEndFailure = "unavailable" | "credentials-expired" | "access-denied" | "not-found";

const failures: Record<BackEndFailure, { code: string; isRetryable: boolean; advice: string }> = {
  unavailable: { code: "unavailable", isRetryable: true, advice: "is unavailable" },
  "credentials-expired": {
    code: "access-denied",
    isRetryable: true,
    advice: "refused credentials that have expired: renew those in the runtime's environment",
  },
  "access-denied": {
    code: "access-denied",
    isRetryable: false,
    advice: "refused access: check the runtime's identity, its credentials and its permissions",
  },
  "not-found": { code: "not-found", isRetryable: false, advice: "does not exist: check the URL" },
};

/** ApiError `bucket-unavailable`, `queue-access-denied`, … (503), with the service's own words. */
export function backEndError(
  what: "bucket" | "queue" | "secret-store",
  failure: BackEndFailure,
  { name, cause }: { name: string; cause: unknown },
): ApiError {
  const { code, isRetryable, advice } = failures[failure];
  return new ApiError(`${what.replace("-", " ")} ${name} ${advice}: ${reasonOf(cause)}`, {
    status: 503,
    code: `${what}-${code}`,
    isRetryable,
    cause,
  });
}

function reasonOf(cause: unknown): string {
  const message = errorMessage(cause);
  const name = cause instanceof Error && cause.name !== "Error" ? cause.name : "";
  if (message === "" || message === name) return name || "no reason given";
  return name === "" ? message : `${message} (${name})`;
}

const connectionCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ERR_STREAM_PREMATURE_CLOSE",
  "UND_ERR_SOCKET",
]);

/** A connection that was not made or that broke, anywhere among the error's causes. */
export function isConnectionError(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at && connectionCodes.has(String(at.code))) return true;
    if (at instanceof AggregateError && at.errors.some(isConnectionError)) return true;
  }
  return false;
}
