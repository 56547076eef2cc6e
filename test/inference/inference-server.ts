import { Registry } from "prom-client";
import { datatypes } from "../../runtime/inference/datatypes.ts";
import { createInference } from "../../runtime/inference/engine.ts";
import type { Datatype } from "../../runtime/inference/inference.ts";
import type { ModelControlMode } from "../../runtime/inference/model-control.ts";
import { publishModel } from "../../runtime/inference/model-repository.ts";
import { createLogger } from "../../runtime/monitoring/logger.ts";
import { createInferShortcut } from "../../runtime/routes/inference/infer-shortcut.ts";
import { createInferenceRouter } from "../../runtime/routes/inference.ts";
import { createRoutingRouter } from "../../runtime/routes/routing.ts";
import { createRoutes } from "../../runtime/routing/routes.ts";
import { createRoutingMetrics } from "../../runtime/routing/routing-metrics.ts";
import { withRoutes } from "../../runtime/routing/with-routes.ts";
import { createApp, listen } from "../../runtime/server.ts";
import { diamond, sumModel } from "../runtime/inference/ensemble-models.ts";
import { classifierModel, identityModel, scaleModel, temporaryStore } from "../runtime/inference/models.ts";
import { slowModel } from "../runtime/inference/slow-model.ts";

/*
 * A process that serves models made for it: identity-FP32 and so on for each datatype, scale in two versions,
 * classifier, slow, cached, which is scale by 3 with a cache, and ensemble of double, triple and sum; and the route best,
 * a bandit over double and triple. Takes the model control and a token as arguments; sends {port} when it serves, and on
 * each message {memory: bytes}; ends with its parent.
 */
const [, , mode, token] = process.argv;
const { store, remove } = await temporaryStore();
for (const datatype of Object.keys(datatypes) as Datatype[])
  await publishModel(store, identityModel(datatype));
await publishModel(store, scaleModel(1));
await publishModel(store, scaleModel(2));
await publishModel(store, classifierModel());
await publishModel(store, { ...slowModel(), queue: { priorityLevels: 2 } });
await publishModel(store, { ...scaleModel(3, "cached"), cache: { maximumBytes: 1_000_000 } });
await publishModel(store, scaleModel(2, "double"));
await publishModel(store, scaleModel(3, "triple"));
await publishModel(store, sumModel());
await publishModel(store, diamond());
const metrics = createRoutingMetrics();
const routes = createRoutes({ store, metrics });
const targets = { double: { model: "double" }, triple: { model: "triple" } };
await routes.put("best", { kind: "bandit", algorithm: "thompson", targets });
const models = createInference({ store, workers: 1, control: mode as ModelControlMode });
const inference = withRoutes(models, { routes, metrics });
const app = createApp({
  logger: createLogger("silent"),
  registry: new Registry(),
  token: token === "" ? undefined : token,
  readiness: [],
  routers: [
    createInferenceRouter({ inference, name: "skyloom", version: "1.2.3" }),
    createRoutingRouter({ routes }),
  ],
  shortcut: createInferShortcut({ inference }),
});
const server = await listen(app, "127.0.0.1", 0);
process.on("message", () => process.send?.({ memory: process.memoryUsage.rss() }));
process.once("disconnect", async () => {
  await server.stop(0);
  await inference.close();
  await routes.close();
  await remove();
});
process.send?.({ port: server.port });
