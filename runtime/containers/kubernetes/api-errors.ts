import { ApiError, errorMessage } from "../../errors.ts";
import { finalError, passingError } from "../container-errors.ts";

const statusOf = (error: unknown) => (error as { code?: unknown } | undefined)?.code;

export const isConflict = (error: unknown) => statusOf(error) === 409;
export const isNotFound = (error: unknown) => statusOf(error) === 404;

/** What the cluster says of a request that it refused; else what went wrong with the connection. */
export function statusMessage(error: unknown): string {
  const body = (error as { body?: unknown }).body;
  const status = typeof body === "string" ? parsed(body) : body;
  const message = (status as { message?: unknown } | undefined)?.message;
  if (typeof message === "string") return message;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return errorMessage(cause).split("\n").slice(0, 2).join(" ");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A refusal by what is asked for stays; one by a quota, by a conflict or by the connection may pass. */
export function requestError(what: string, error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = `${what}: ${statusMessage(error)}`;
  const status = statusOf(error);
  const isOverQuota = status === 403 && /exceeded quota/.test(message);
  const isRefused = status === 400 || status === 403 || status === 404 || status === 422;
  return isRefused && !isOverQuota
    ? finalError("container-refused", message, error)
    : passingError("containers-unavailable", message, error);
}
