import { type BackEndFailure, backEndError } from "../back-end-errors.ts";
import { ApiError, errorMessage } from "../errors.ts";

/**
 * What goes wrong with a read, beyond what does with every service (back-end-errors.ts):
 * - `missing`: there is no such secret, or no version of it that may be read.
 * - `forbidden`: the service knows who asks, and refuses this secret.
 */
export type SecretFailure = BackEndFailure | "missing" | "forbidden";

export interface FailedRead {
  name: string;
  /** The store's, as it was configured. */
  url: string;
  /** What the secret is called there. */
  id: string;
  /** What a reader must be allowed. */
  permission: string;
}

/**
 * An SDK's error is never kept as the cause, and only a failure that the driver knows is told in the service's own words:
 * an answer that could not be read may be in it, and with that the value.
 */
export function secretError(error: unknown, failure: SecretFailure | undefined, read: FailedRead): ApiError {
  const { name, url, id, permission } = read;
  const reason = errorMessage(error);
  switch (failure) {
    case "missing":
      return new ApiError(`there is no secret "${name}" in ${url}, where it would be ${id}: ${reason}`, {
        status: 404,
        code: "secret-not-found",
      });
    case "forbidden":
      return new ApiError(
        `secret "${name}" of ${url} may not be read: the runtime's identity needs ${permission} on ${id}: ${reason}`,
        { status: 503, code: "secret-access-denied", isRetryable: false },
      );
    case undefined:
      return backEndError("secret-store", "unavailable", {
        name: url,
        cause: named(error, "its answer cannot be understood"),
      });
    default:
      return backEndError("secret-store", failure, { name: url, cause: named(error, reason) });
  }
}

/** All that is kept of an error: what kind it is, and this message. */
function named(error: unknown, message: string): Error {
  return Object.assign(new Error(message), { name: error instanceof Error ? error.name : "Error" });
}
