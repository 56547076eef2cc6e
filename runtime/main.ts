import { readConfig } from "./config.ts";
import { ApiError } from "./errors.ts";
import { createLogger } from "./monitoring/logger.ts";
import { startRuntime } from "./runtime.ts";

const CANNOT_START = 1;
const BAD_CONFIGURATION = 2;

try {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel);
  const runtime = await startRuntime(config, logger);
  logger.info({ host: config.host, port: config.port }, "listening");

  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, "stopping: finishing what is under way");
    await runtime.stop();
    logger.info("stopped");
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
} catch (error) {
  if (!(error instanceof ApiError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(error.code === "invalid-configuration" ? BAD_CONFIGURATION : CANNOT_START);
}
