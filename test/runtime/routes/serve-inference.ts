import { Registry } from "prom-client";
import type { Inference } from "../../../runtime/inference/inference.ts";
import { createLogger } from "../../../runtime/monitoring/logger.ts";
import { createInferShortcut } from "../../../runtime/routes/inference/infer-shortcut.ts";
import { createInferenceRouter } from "../../../runtime/routes/inference.ts";
import { createApp, listen, type RunningServer } from "../../../runtime/server.ts";

/** The inference routes alone, on a free port of loopback. @param hasShortcut as the runtime has it. Default true. */
export function serveInference(inference: Inference, hasShortcut = true): Promise<RunningServer> {
  const app = createApp({
    logger: createLogger("silent"),
    registry: new Registry(),
    token: undefined,
    readiness: [],
    routers: [createInferenceRouter({ inference, name: "skyloom", version: "1.2.3" })],
    ...(hasShortcut && { shortcut: createInferShortcut({ inference }) }),
  });
  return listen(app, "127.0.0.1", 0);
}
