import { randomUUID } from "node:crypto";
import { type Logger, pino } from "pino";
import { type HttpLogger, pinoHttp } from "pino-http";
import type { RuntimeConfig } from "../config.ts";

export type { Logger };

/** JSON lines on standard output; values under names that carry secrets are cut out. */
export function createLogger(level: RuntimeConfig["logLevel"]): Logger {
  return pino({
    level,
    base: { service: "skyloom-runtime" },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: ["*.authorization", "*.token", "*.password", "req.headers"], censor: "[redacted]" },
  });
}

/** One line per request with its id: the caller's `X-Request-Id` where it is harmless, else a new one. */
export function requestLogger(logger: Logger): HttpLogger {
  return pinoHttp({
    logger,
    genReqId(request, response) {
      const given = request.headers["x-request-id"];
      const id = typeof given === "string" && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
      response.setHeader("X-Request-Id", id);
      return id;
    },
    autoLogging: { ignore: (request) => /^\/(healthz|metrics)/.test(request.url ?? "") },
    serializers: {
      req: (request) => ({ id: request.id, method: request.method, url: request.url }),
      res: (response) => ({ status: response.statusCode }),
    },
    customLogLevel: (_request, response, error) =>
      error || response.statusCode >= 500 ? "error" : response.statusCode >= 400 ? "warn" : "debug",
  });
}
