import { Registry } from "prom-client";
import type { Inference } from "../../../runtime/inference/inference.ts";
import { createLogger } from "../../../runtime/monitoring/logger.ts";
import { createInferenceRouter } from "../../../runtime/routes/inference.ts";
import { createApp, listen, type RunningServer } from "../../../runtime/server.ts";

/** The inference routes alone, on a free port of loopback. */
export function serveInference(inference: Inference): Promise<RunningServer> {
  const app = createApp({
    logger: createLogger("silent"),
    registry: new Registry(),
    token: undefined,
    readiness: [],
    routers: [createInferenceRouter({ inference, name: "skyloom", version: "1.2.3" })],
  });
  return listen(app, "127.0.0.1", 0);
}
