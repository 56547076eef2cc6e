import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, type RequestOptions, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { Registry } from "prom-client";
import { publishModel } from "../../../runtime/inference/publish-model.ts";
import { createLogger } from "../../../runtime/monitoring/logger.ts";
import { createInferenceRouter } from "../../../runtime/routes/inference.ts";
import { createRoutes } from "../../../runtime/routing/routes.ts";
import { createRoutingMetrics } from "../../../runtime/routing/routing-metrics.ts";
import { withRoutes } from "../../../runtime/routing/with-routes.ts";
import { createApp, listen } from "../../../runtime/server.ts";
import { startTracing } from "../../../runtime/tracing/start-tracing.ts";
import { useEngines } from "../inference/engine-fixture.ts";
import { diamond, sumModel } from "../inference/ensemble-models.ts";
import { row, scaleModel } from "../inference/models.ts";
import { type ReceivedSpan, startOtlpReceiver } from "./otlp-receiver.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

/** On a connection of its own, so that the server need not wait for it to be left. */
async function ask(options: RequestOptions, body: object | undefined): Promise<void> {
  const call = request({ host: "127.0.0.1", agent: false, ...options });
  call.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(call, "response")) as [IncomingMessage];
  await buffer(response);
}

describe("tracing", () => {
  const engines = useEngines();

  /** Spans of what the requests did; each is the path of a model, its status and headers. */
  async function traced(
    requests: { path: string; headers?: Record<string, string>; body?: object }[],
    environment: Record<string, string> = {},
  ): Promise<ReceivedSpan[]> {
    const receiver = await startOtlpReceiver();
    const before = { ...process.env };
    Object.assign(process.env, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...environment });
    const tracing = await startTracing("1.2.3");
    const { store } = engines;
    const metrics = createRoutingMetrics(new Registry());
    const routes = createRoutes({ store, metrics, random: () => 0 });
    await routes.refresh();
    const inference = withRoutes(engines.start(), { routes, metrics });
    const app = createApp({
      logger: createLogger("silent"),
      registry: new Registry(),
      token: undefined,
      readiness: [],
      routers: [createInferenceRouter({ inference, name: "skyloom", version: "1" })],
      isTraced: tracing !== undefined,
    });
    const server = await listen(app, "127.0.0.1", 0);
    try {
      for (const { path, headers = {}, body } of requests)
        await ask({ port: server.port, path, headers, method: body === undefined ? "GET" : "POST" }, body);
    } finally {
      await server.stop(10);
      await routes.close();
      await tracing?.stop();
      process.env = before;
      await receiver.stop();
    }
    return receiver.spans;
  }

  const infer = (model: string, headers: Record<string, string> = {}) => ({
    path: `/v2/models/${model}/infer`,
    headers,
    body: row(1, 2),
  });

  function named(spans: ReceivedSpan[], name: string): ReceivedSpan {
    const found = spans.filter((span) => span.name === name);
    assert.equal(found.length, 1, `${name} among ${spans.map((span) => span.name).join(", ")}`);
    return found[0] as ReceivedSpan;
  }

  it("tells the stages of a request, below the caller's own span", async () => {
    await publishModel(engines.store, scaleModel(2));
    const spans = await traced([infer("scale", { traceparent })]);
    const asked = named(spans, "POST /v2/models/:name/infer");
    assert.deepEqual([asked.traceId, asked.parentSpanId], [traceId, "b7ad6b7169203331"]);
    assert.equal(asked.attributes["http.response.status_code"], 200);
    assert.equal(asked.attributes["skyloom.model.version"], "1");
    assert.equal(asked.resource["service.name"], "skyloom-runtime");
    assert.equal(asked.resource["service.version"], "1.2.3");
    for (const stage of ["parse", "queue", "batch", "serialise"])
      assert.equal(named(spans, stage).parentSpanId, asked.spanId, stage);
    const [batch, compute] = [named(spans, "batch"), named(spans, "compute")];
    assert.equal(compute.parentSpanId, batch.spanId);
    assert.equal(batch.attributes["skyloom.batch.requests"], 1);
    assert.ok(batch.from <= compute.from && compute.to <= batch.to);
    assert.ok(named(spans, "queue").to <= batch.from && batch.to <= named(spans, "serialise").to);
    assert.ok(spans.every((span) => span.traceId === traceId && span.from <= span.to));
  });

  it("tells the steps of an ensemble, each with the stages of its model", async () => {
    await publishModel(engines.store, scaleModel(2, "double"));
    await publishModel(engines.store, scaleModel(3, "triple"));
    await publishModel(engines.store, sumModel());
    await publishModel(engines.store, diamond());
    const spans = await traced([infer("ensemble")]);
    const asked = named(spans, "POST /v2/models/:name/infer");
    for (const model of ["double", "triple", "sum"]) {
      const step = named(spans, `step ${model}`);
      assert.equal(step.parentSpanId, asked.spanId);
      const below = spans.filter(({ parentSpanId }) => parentSpanId === step.spanId).map(({ name }) => name);
      assert.deepEqual(below.sort(), ["batch", "queue"]);
    }
  });

  it("tells which target a route chose, and why", async () => {
    await publishModel(engines.store, scaleModel(2, "one"));
    const metrics = createRoutingMetrics(new Registry());
    const routes = createRoutes({ store: engines.store, metrics });
    await routes.put("way", { kind: "split", targets: { only: { model: "one" } }, weights: { only: 1 } });
    await routes.close();
    const asked = named(await traced([infer("way")]), "POST /v2/models/:name/infer");
    const { attributes } = asked;
    assert.deepEqual(
      [
        "skyloom.route",
        "skyloom.route.kind",
        "skyloom.route.target",
        "skyloom.route.reason",
        "skyloom.model",
      ].map((key) => attributes[key]),
      ["way", "split", "only", "policy", "one"],
    );
  });

  it("tells failures, and nothing of health and metrics", async () => {
    await publishModel(engines.store, scaleModel(2));
    await engines.breakFile("models/scale/1/model.onnx", (content) => content.fill(0));
    const spans = await traced([infer("scale"), { path: "/healthz/live" }, { path: "/metrics" }]);
    assert.deepEqual(
      spans.map(({ name, status }) => [name, status]),
      [["POST /v2/models/:name/infer", 2]],
    );
    assert.equal(spans[0]?.attributes["http.response.status_code"], 503);
  });

  it("is off without an endpoint, and where it is switched off", async () => {
    await publishModel(engines.store, scaleModel(2));
    for (const environment of [{ OTEL_EXPORTER_OTLP_ENDPOINT: "" }, { OTEL_SDK_DISABLED: "true" }])
      assert.deepEqual(await traced([infer("scale", { traceparent })], environment), []);
    const sampledOut = await traced([infer("scale")], { OTEL_TRACES_SAMPLER: "always_off" });
    assert.deepEqual(sampledOut, []);
  });
});
