import type { ErrorRequestHandler, RequestHandler } from "express";
import { ApiError, errorMessage } from "../errors.ts";
import type { Logger } from "../monitoring/logger.ts";
import { requestFields } from "../monitoring/request-log.ts";

/** The last route: nothing matched. */
export const routeNotFound: RequestHandler = (request) => {
  throw new ApiError(`there is no ${request.method} ${request.path}`, {
    status: 404,
    code: "route-not-found",
  });
};

/** Answers anything thrown as `{error, code, problems}`; what is not an ApiError is logged and told as internal. */
export const answerError =
  (logger: Logger): ErrorRequestHandler =>
  (thrown, request, response, next) => {
    if (response.headersSent) {
      next(thrown);
      return;
    }
    const error = asApiError(thrown);
    if (error.status >= 500) logger.error({ ...requestFields(request), err: thrown }, error.message);
    if (error.isRetryable) response.setHeader("Retry-After", String(error.retryAfterSeconds));
    response.status(error.status).json({ error: error.message, code: error.code, problems: error.problems });
  };

/** Express and its body parsers throw errors with a `status` and a `type` such as `entity.too.large`. */
function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const { status, type } = thrown as { status?: unknown; type?: unknown };
  if (typeof status === "number" && status >= 400 && status < 500)
    return new ApiError(errorMessage(thrown), {
      status,
      code: typeof type === "string" ? type.replaceAll(".", "-") : "bad-request",
      cause: thrown,
    });
  return new ApiError("internal error; the log has the details under this request id", {
    status: 500,
    code: "internal",
    cause: thrown,
  });
}
