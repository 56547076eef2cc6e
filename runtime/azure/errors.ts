import { type BackEndFailure, isConnectionError } from "../back-end-errors.ts";
import { tryHeader } from "./service.ts";

/** The part of an error of Azure's storage SDKs that tells what happened. */
interface ServiceError extends Error {
  /** Undefined where the service did not answer. */
  statusCode?: number;
  code?: string;
  details?: { errorCode?: string };
  request?: { headers: { get: (name: string) => string | undefined } };
}

/** https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes */
const missing = new Set(["ContainerNotFound", "ContainerBeingDeleted", "QueueNotFound", "QueueBeingDeleted"]);

/** Undefined for an error that is not known here. */
export function azureFailure(error: unknown): BackEndFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  if (/^(CredentialUnavailable|(Aggregate)?Authentication(Required)?)Error$/.test(error.name))
    return tokenFailure(error);
  if (!isServiceError(error)) return isConnectionError(error) ? "unavailable" : undefined;
  const { statusCode } = error;
  const code = azureErrorCode(error);
  if (code !== undefined && missing.has(code)) return "not-found";
  // No answer, or one that was cut off.
  if (statusCode === undefined || code === "PARSE_ERROR") return "unavailable";
  // The token was not taken; another error tells that its owner may not do this.
  if (statusCode === 401 || code === "AuthenticationFailed") return "credentials-expired";
  if (statusCode === 403) return "access-denied";
  return statusCode === 429 || statusCode >= 500 ? "unavailable" : undefined;
}

/** There was no access token to show. */
function tokenFailure(error: Error): BackEndFailure {
  // The token that was to be exchanged is older than it may be (AADSTS700024), or has been replaced.
  if (/AADSTS7000(24|222)|expired/i.test(error.message)) return "credentials-expired";
  const isUnreachable = /endpoints_resolution_error|network_error|E(CONN|NOTFOUND|TIMEDOUT|AI_AGAIN)/;
  return isUnreachable.test(error.message) || isConnectionError(error) ? "unavailable" : "access-denied";
}

/** The service's own name of what is wrong, e.g. `BlobNotFound`. */
export function azureErrorCode(error: unknown): string | undefined {
  if (!isServiceError(error)) return undefined;
  return error.details?.errorCode ?? error.code;
}

/** The first try may have been carried out, and only its answer was lost. */
export function wasRetried(error: unknown): boolean {
  return isServiceError(error) && Number(error.request?.headers.get(tryHeader) ?? 1) > 1;
}

/** By name: each of the SDK's packages may bring a class of its own. */
function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && error.name === "RestError";
}
