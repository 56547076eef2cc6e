import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { createInference } from "../../../runtime/inference/engine.ts";
import type { Inference } from "../../../runtime/inference/inference.ts";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import type { ModelReport } from "../../../runtime/inference/report/model-report.ts";
import { createLogger } from "../../../runtime/monitoring/logger.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import { createModelReportRouter } from "../../../runtime/routes/model-report.ts";
import { createApp, listen, type RunningServer } from "../../../runtime/server.ts";
import { row, scaleModel, temporaryStore, tensor } from "../inference/models.ts";

describe("route of a model's report", () => {
  let store: ObjectStore;
  let remove: () => Promise<void>;
  let inference: Inference;
  let server: RunningServer;
  let url: string;

  before(async () => {
    ({ store, remove } = await temporaryStore());
    await publishModel(store, scaleModel(1));
    await publishModel(store, {
      ...scaleModel(2),
      description: "doubles <b>all</b>",
      cache: { maximumBytes: 10_000 },
      metrics: { accuracy: 0.9 },
      lineage: { data: "<script>alert(1)</script>" },
    });
    inference = createInference({ store, workers: 1 });
    const app = createApp({
      logger: createLogger("silent"),
      registry: new Registry(),
      token: undefined,
      readiness: [],
      routers: [createModelReportRouter({ inference })],
    });
    server = await listen(app, "127.0.0.1", 0);
    url = `http://127.0.0.1:${server.port}/v1/models`;
    await inference.infer("scale", undefined, row(1, 1));
    await inference.infer("scale", undefined, row(1, 1));
    const rows = tensor("x", "FP32", [3, 2], [1, 2, 3, 4, 5, 6]);
    await inference.infer("scale", undefined, { inputs: [rows] });
    await inference.infer("scale", undefined, { inputs: [] }).catch(() => undefined);
  });
  after(async () => {
    await server.stop(0);
    await inference.close();
    await remove();
  });

  const read = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/${path}`, { headers });
    return { response, text: await response.text() };
  };

  it("tells as JSON what each version did", async () => {
    const { response, text } = await read("scale/report");
    assert.equal(response.status, 200);
    const { model, window, loads, versions } = JSON.parse(text) as ModelReport;
    assert.equal(model, "scale");
    assert.ok(Date.parse(window.from) < Date.parse(window.to));
    assert.deepEqual(loads, { successes: 1, failures: 0 });
    assert.deepEqual(
      versions.map(({ version, isCurrent, isLoaded }) => [version, isCurrent, isLoaded]),
      [
        ["2", true, true],
        ["1", false, false],
      ],
    );
    const [used, unused] = versions;
    assert.deepEqual([used?.traffic.requests, used?.traffic.failures, used?.traffic.rows], [4, 1, 4]);
    assert.deepEqual(used?.errors, [{ code: "invalid-request", count: 1 }]);
    assert.deepEqual(used?.batches, {
      runs: 2,
      meanRows: 2,
      sizes: [
        { rows: 1, runs: 1 },
        { rows: 3, runs: 1 },
      ],
      learned: null,
    });
    assert.deepEqual(used?.cache, { isEnabled: true, hits: 1, misses: 2, hitRatio: 1 / 3 });
    assert.equal(used?.executionProvider, "cpu");
    assert.ok((used?.memory.estimatedBytes ?? 0) > 24_000_000);
    assert.deepEqual(used?.qualityMetrics, { accuracy: 0.9 });
    const { compute, parse } = used?.latencySeconds ?? {};
    assert.equal(parse?.count, 3);
    assert.ok(compute?.p50 !== null && compute?.p99 !== null && (compute?.p50 ?? 1) <= (compute?.p99 ?? 0));
    assert.ok(used?.advice.some((advice) => advice.includes("failed with invalid-request")));
    assert.equal(unused?.bottleneck, null);
  });

  it("is a page without anything from elsewhere, where that is preferred or asked for", async () => {
    for (const { response, text } of [
      await read("scale/report", { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" }),
      await read("scale/report?format=html"),
    ]) {
      assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
      assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'/);
      assert.match(text, /<h2>Version 2 <small>current, loaded on cpu<\/small>/);
      assert.match(text, /doubles &lt;b&gt;all&lt;\/b&gt;/);
      assert.doesNotMatch(text, /<script|https?:\/\/|src=|href=/);
    }
    const { response } = await read("scale/report?format=json", { Accept: "text/html" });
    assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
  });

  it("refuses other formats, and does not know other models", async () => {
    const wrong = await read("scale/report?format=pdf");
    assert.equal(wrong.response.status, 400);
    assert.deepEqual(JSON.parse(wrong.text).problems, [{ path: "format", message: "must be json or html" }]);
    const unknown = await read("nobody/report");
    assert.deepEqual([unknown.response.status, JSON.parse(unknown.text).code], [404, "model-not-found"]);
  });
});
