import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import { answerOf, reachedPool, useEngines } from "./engine-fixture.ts";
import { row, scaleModel, tensor, tileModel } from "./models.ts";
import { thrownBy } from "./thrown-by.ts";

describe("inference engine: workers", () => {
  const engines = useEngines();

  const workerEntry = new URL("./crashing-worker.ts", import.meta.url);

  for (const [poison, reason] of [
    [666, /exit status 7/],
    [667, /out of luck/],
  ] as const)
    it(`answers 503 for the request whose worker died (${reason.source}) and goes on with a new one`, async () => {
      await publishModel(engines.store, scaleModel(2));
      const registry = new Registry();
      const inference = engines.start({ workerEntry, registry });
      assert.equal(await answerOf(inference, "scale"), 2);
      const fatal = thrownBy(inference.infer("scale", undefined, row(poison, 0)));
      const waiting = Array.from({ length: 20 }, () => answerOf(inference, "scale"));
      const error = await fatal;
      assert.deepEqual([error.status, error.code, error.isRetryable], [503, "worker-crashed", true]);
      assert.match(error.message, reason);
      assert.deepEqual(await Promise.all(waiting), new Array(20).fill(2));
      assert.match(await registry.metrics(), /skyloom_inference_worker_crashes_total 1/);
    });

  it("keeps other models alive when a model kills each worker that loads it", async () => {
    await publishModel(engines.store, scaleModel(2));
    await publishModel(engines.store, scaleModel(3, "poison"));
    const inference = engines.start({ workerEntry, workers: 2 });
    assert.equal(await answerOf(inference, "scale"), 2);
    const error = await thrownBy(inference.infer("poison", undefined, row(1, 1)));
    assert.equal(error.code, "model-unavailable");
    assert.match(error.message, /exit status 8/);
    assert.equal(await answerOf(inference, "scale"), 2);
  });

  it("tells what the model's run failed at, and outputs too large to send", async () => {
    await publishModel(engines.store, tileModel());
    const inference = engines.start();
    const repeat = (times: unknown) =>
      inference.infer("tile", undefined, {
        inputs: [tensor("x", "FP32", [1], [1]), tensor("times", "INT64", [1], [times])],
      });
    assert.deepEqual((await repeat(3)).outputs[0]?.data, [1, 1, 1]);
    const failed = await thrownBy(repeat("1000000000000"));
    assert.deepEqual([failed.status, failed.code], [500, "inference-failed"]);
    assert.match(failed.message, /Tile/);
    assert.equal((await thrownBy(repeat(8 * 1024 * 1024 + 1))).code, "output-too-large");
    assert.deepEqual((await repeat(1)).outputs[0]?.data, [1]);
  });

  it("spreads requests over all workers and gives each caller its own answer", async () => {
    await publishModel(engines.store, scaleModel(3));
    const inference = engines.start({ workers: 3 });
    const answers = await Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        const { outputs } = await inference.infer("scale", undefined, row(index, -index));
        return outputs[0]?.data;
      }),
    );
    answers.forEach((data, index) => {
      assert.deepEqual(data, [3 * index, index === 0 ? -0 : -3 * index]);
    });
  });

  it("rejects at once when the caller goes away, waiting or under way, and serves the others", async () => {
    await publishModel(engines.store, scaleModel(2));
    const inference = engines.start();
    await inference.ready("scale");
    const gone = new AbortController();
    const requests = Array.from({ length: 10 }, () =>
      thrownBy(inference.infer("scale", undefined, row(1, 1), gone.signal)),
    );
    const other = answerOf(inference, "scale");
    await reachedPool();
    gone.abort();
    for (const error of await Promise.all(requests))
      assert.deepEqual([error.status, error.code], [499, "request-aborted"]);
    assert.equal(await other, 2);
    const error = await thrownBy(inference.infer("scale", undefined, row(1, 1), AbortSignal.abort()));
    assert.equal(error.code, "request-aborted");
  });

  it("turns requests away when too many wait, at once and not for long", async () => {
    await publishModel(engines.store, scaleModel(2));
    const inference = engines.start();
    await inference.ready("scale");
    const results = await Promise.allSettled(
      Array.from({ length: 1100 }, () => answerOf(inference, "scale")),
    );
    const refused = results.filter((result) => result.status === "rejected");
    assert.ok(refused.length >= 50 && refused.length < 110, String(refused.length));
    for (const { reason } of refused) assert.deepEqual([reason.status, reason.code], [503, "overloaded"]);
    assert.equal(await answerOf(inference, "scale"), 2);
  });

  it("finishes what it has taken when it is closed, then takes nothing", async () => {
    await publishModel(engines.store, scaleModel(2));
    const inference = engines.start();
    await inference.ready("scale");
    const taken = Array.from({ length: 20 }, () => answerOf(inference, "scale"));
    await reachedPool();
    await Promise.all([inference.close(), inference.close()]);
    assert.deepEqual(await Promise.all(taken), new Array(20).fill(2));
    assert.equal((await thrownBy(inference.infer("scale", undefined, row(1, 1)))).code, "shutting-down");
  });

  it("measures requests, failures by code, and the stages, per model and version", async () => {
    await publishModel(engines.store, scaleModel(1));
    const registry = new Registry();
    const inference = engines.start({ registry });
    await answerOf(inference, "scale");
    await thrownBy(inference.infer("scale", undefined, { inputs: [] }));
    await thrownBy(inference.infer("made-up", undefined, row(1, 1)));
    const text = await registry.metrics();
    assert.match(text, /skyloom_inference_requests_total\{model="scale",version="1"\} 2/);
    assert.match(
      text,
      /skyloom_inference_failures_total\{model="scale",version="1",code="invalid-request"\} 1/,
    );
    assert.match(text, /skyloom_inference_failures_total\{model="",version="",code="model-not-found"\} 1/);
    for (const stage of ["parse", "queue", "compute", "serialise"])
      assert.match(
        text,
        new RegExp(`_stage_duration_seconds_count\\{model="scale",version="1",stage="${stage}"\\} 1`),
      );
  });
});
