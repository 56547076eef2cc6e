import type { BackEndFailure } from "./back-end-errors.ts";
import { isConnectionError } from "./back-end-errors.ts";

/** The part of an error of the AWS SDK that tells what happened. */
interface ServiceError extends Error {
  $metadata: { httpStatusCode?: number; attempts?: number };
}

const expired = new Set(["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"]);
const denied = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "InvalidToken",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
  "CredentialsProviderError",
  "TokenProviderError",
]);
const missing = new Set(["NoSuchBucket", "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"]);
/** Of S3 and of SQS (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html). */
const throttled = new Set([
  "SlowDown",
  "Throttling",
  "ThrottlingException",
  "RequestThrottled",
  "RequestThrottledException",
  "KmsThrottled",
  "RequestTimeout",
  "TimeoutError",
]);

/** Undefined for an error that is not known here. */
export function awsFailure(error: unknown): BackEndFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  if (expired.has(error.name)) return "credentials-expired";
  if (denied.has(error.name)) return "access-denied";
  if (missing.has(error.name)) return "not-found";
  // SQS answers it with 403.
  if (throttled.has(error.name)) return "unavailable";
  const status = statusOf(error);
  // A HEAD has no body that could tell more.
  if (status === 403) return "access-denied";
  if (status === 429 || (status ?? 0) >= 500) return "unavailable";
  return isConnectionError(error) ? "unavailable" : undefined;
}

export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "$metadata" in error;
}

export function statusOf(error: unknown): number | undefined {
  return isServiceError(error) ? error.$metadata.httpStatusCode : undefined;
}

/** The first request may have been carried out, and only its answer was lost. */
export function wasRetried(error: unknown): boolean {
  return isServiceError(error) && (error.$metadata.attempts ?? 1) > 1;
}
