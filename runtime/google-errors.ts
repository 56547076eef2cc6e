import { type BackEndFailure, isConnectionError } from "./back-end-errors.ts";
import { GoogleCredentialsError } from "./google-credentials.ts";

/** As HTTP statuses (https://cloud.google.com/storage/docs/json_api/v1/status-codes) and as gRPC's codes. */
const failuresByCode = new Map<number, BackEndFailure>([
  [401, "credentials-expired"],
  [403, "access-denied"],
  [404, "not-found"],
  [408, "unavailable"],
  [429, "unavailable"],
  [16, "credentials-expired"],
  [7, "access-denied"],
  [5, "not-found"],
  ...[2, 4, 8, 10, 13, 14].map((code): [number, BackEndFailure] => [code, "unavailable"]),
]);

/** Reasons with status 403 that time heals. */
const throttled = new Set(["rateLimitExceeded", "userRateLimitExceeded"]);

/** Undefined for an error that is not known here. */
export function googleFailure(error: unknown): BackEndFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof GoogleCredentialsError)
    return error.isExpired ? "credentials-expired" : "access-denied";
  const code = googleCode(error);
  if (code === 403 && reasonsOf(error).some((reason) => throttled.has(reason))) return "unavailable";
  if (code !== undefined && failuresByCode.has(code)) return failuresByCode.get(code);
  if (code !== undefined && code >= 500) return "unavailable";
  return isConnectionError(error) || hasCutAnswer(error) ? "unavailable" : undefined;
}

/** The HTTP status or the gRPC code of an answer. */
export function googleCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, status } = error as { code?: unknown; status?: unknown };
  for (const number of [Number(code ?? Number.NaN), Number(status ?? Number.NaN)])
    if (Number.isInteger(number)) return number;
  return undefined;
}

function reasonsOf(error: Error): string[] {
  const { errors } = error as { errors?: { reason?: string }[] };
  return Array.isArray(errors) ? errors.flatMap(({ reason }) => (reason ? [reason] : [])) : [];
}

/** The content did not match its checksum, or came not to its end. */
function hasCutAnswer(error: Error): boolean {
  const { code } = error as { code?: unknown };
  return (
    code === "CONTENT_DOWNLOAD_MISMATCH" || /premature close|aborted|socket hang up/i.test(error.message)
  );
}
