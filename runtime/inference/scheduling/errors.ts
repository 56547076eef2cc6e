import { ApiError } from "../../errors.ts";

export function aborted(): ApiError {
  return new ApiError("the caller went away", { status: 499, code: "request-aborted" });
}

export function overloaded(maximumLength: number, retryAfterSeconds: number): ApiError {
  return new ApiError(
    `${maximumLength} requests wait for this model version already, as many as its queue holds`,
    {
      status: 503,
      code: "overloaded",
      retryAfterSeconds,
    },
  );
}

export function queueTimeout(seconds: number, retryAfterSeconds: number): ApiError {
  return new ApiError(`no worker was free within ${seconds} s, the limit of this model version's queue`, {
    status: 503,
    code: "queue-timeout",
    retryAfterSeconds,
  });
}

export function requestTimeout(seconds: number): ApiError {
  return new ApiError(`there was no result within ${seconds} s, the request's own timeout`, {
    status: 504,
    code: "request-timeout",
  });
}

export function shuttingDown(): ApiError {
  return new ApiError("the server is stopping", { status: 503, code: "shutting-down" });
}
