import { type Logger, pino } from "pino";
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
