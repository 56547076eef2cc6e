import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestHandler } from "express";
import type { Logger } from "./logger.ts";

declare module "node:http" {
  interface IncomingMessage {
    /** The caller's `X-Request-Id` where it is harmless, else a new one; the answer tells it. */
    id: string;
  }
}

const harmlessId = /^[\w.:-]{1,128}$/;
const unlogged = /^\/(healthz|metrics)/;

/** One line for each request with its id: as an error from status 500 on, as a warning from 400 on, else for debugging. */
export function logRequests(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const given = request.headers["x-request-id"];
    request.id = typeof given === "string" && harmlessId.test(given) ? given : randomUUID();
    response.setHeader("X-Request-Id", request.id);
    if (!unlogged.test(request.url ?? "")) {
      const startedAt = Date.now();
      // Also where the caller left before the answer's end.
      response.on("close", () => logEnd(logger, request, response, startedAt));
    }
    next();
  };
}

function logEnd(logger: Logger, request: IncomingMessage, response: ServerResponse, startedAt: number): void {
  const { statusCode } = response;
  const level = statusCode >= 500 ? "error" : statusCode >= 400 ? "warn" : "debug";
  if (!logger.isLevelEnabled(level)) return;
  logger[level](
    { ...requestFields(request), res: { status: statusCode }, responseTime: Date.now() - startedAt },
    response.writableFinished ? "request completed" : "request aborted",
  );
}

/** By which lines of one request are found. */
export function requestFields(request: IncomingMessage): object {
  // Express shortens the URL where a router is mounted below a path.
  const { originalUrl = request.url } = request as { originalUrl?: string };
  return { req: { id: request.id, method: request.method, url: originalUrl } };
}
