import assert from "node:assert/strict";
import { ApiError } from "../../../../runtime/errors.ts";
import type { Tensor } from "../../../../runtime/inference/datatypes.ts";
import { withDefaults } from "../../../../runtime/inference/scheduling/settings.ts";
import {
  createWorkerPool,
  type PoolModel,
  type WorkerPool,
  type WorkerPoolOptions,
} from "../../../../runtime/inference/workers/worker-pool.ts";
import { scaleModel } from "../models.ts";

describe("worker pool", () => {
  let pool: WorkerPool;
  afterEach(() => pool.close());

  function start(options: Partial<WorkerPoolOptions> = {}): WorkerPool {
    pool = createWorkerPool({ workers: 1, ...options });
    return pool;
  }

  /** @returns why workers died */
  function startCrashing(): string[] {
    const reasons: string[] = [];
    start({
      entry: new URL("../crashing-worker.ts", import.meta.url),
      onCrash: (reason) => reasons.push(reason),
    });
    return reasons;
  }

  function countedModel(factor: number): PoolModel & { reads: number } {
    const { files, inputs, outputs } = scaleModel(factor);
    const model = {
      key: `scale/${factor}`,
      reads: 0,
      async readContent() {
        model.reads += 1;
        return {
          graph: (files["model.onnx"] as Uint8Array).slice(),
          externalData: [],
          inputs,
          outputs,
          preprocessing: [],
          postprocessing: [],
          isBatched: false,
          warmUp: [],
        };
      },
    };
    return model;
  }

  const x = (...data: number[]): Tensor[] => [
    { name: "x", datatype: "FP32", shape: [data.length / 2, 2], data: Float32Array.from(data) },
  ];

  it("reads a model once for all workers and moves the tensors' memory both ways", async () => {
    const model = countedModel(2);
    start({ workers: 2 });
    await pool.load(model);
    const inputs = x(1, 2);
    const { outputs, queueSeconds, computeSeconds } = await pool.run(model, {
      inputs: inputs,
      outputs: ["y"],
    });
    assert.deepEqual(outputs, [{ name: "y", datatype: "FP32", shape: [1, 2], data: Float32Array.of(2, 4) }]);
    assert.equal(inputs[0]?.data.length, 0);
    assert.ok(queueSeconds >= 0 && computeSeconds > 0);
    assert.equal(model.reads, 1);
  });

  it("gets the memory of batches back, and puts others into it without a trace of those before", async () => {
    const model = { ...countedModel(2), scheduling: withDefaults({ batching: { preferredSizes: [2] } }) };
    start();
    await pool.load(model);
    const isMoved: boolean[] = [];
    for (const [first, second] of [
      [1, 2],
      [3, 4],
    ] as const) {
      const inputs = [x(first, first), x(second, second)];
      const answers = await Promise.all(
        inputs.map((tensors) => pool.run(model, { inputs: tensors, outputs: ["y"] })),
      );
      assert.deepEqual(
        answers.map(({ outputs: [y] }) => [...(y?.data ?? [])]),
        [
          [2 * first, 2 * first],
          [2 * second, 2 * second],
        ],
      );
      // Those of a batch were copied.
      isMoved.push(...inputs.map(([tensor]) => tensor?.data.length === 0));
    }
    assert.deepEqual(isMoved, [false, false, false, false]);
  });

  it("makes a session again only in a worker that took a dead one's place, and not after an unload", async () => {
    const model = countedModel(3);
    const reasons = startCrashing();
    await pool.load(model);
    await pool.run(model, { inputs: x(1, 1), outputs: ["y"] });
    assert.equal(model.reads, 1);
    await assert.rejects(pool.run(model, { inputs: x(666, 1), outputs: ["y"] }), { code: "worker-crashed" });
    assert.deepEqual(reasons, ["exit status 7"]);
    const { outputs } = await pool.run(model, { inputs: x(2, 1), outputs: ["y"] });
    assert.deepEqual(outputs[0]?.data, Float32Array.of(6, 3));
    assert.equal(model.reads, 2);
    await pool.unload(model.key);
    await assert.rejects(pool.run(model, { inputs: x(1, 1), outputs: ["y"] }), /scale\/3 is not loaded/);
  });

  it("answers each of many batches that a worker has at once, but the request that the worker died of", async () => {
    const scheduling = withDefaults({ batching: { maximumSize: 2, preferredSizes: [2] } });
    const model = { ...countedModel(2), scheduling };
    const reasons = startCrashing();
    await pool.load(model);
    await pool.run(model, { inputs: x(1, 1), outputs: ["y"] });
    const values = Array.from({ length: 48 }, (_, index) => (index === 2 ? 666 : index));
    const answers = await Promise.allSettled(
      values.map((value) => pool.run(model, { inputs: x(value, value), outputs: ["y"] })),
    );
    assert.deepEqual(
      answers.map((answer) =>
        answer.status === "fulfilled" ? answer.value.outputs[0]?.data[0] : answer.reason.code,
      ),
      values.map((value) => (value === 666 ? "worker-crashed" : 2 * value)),
    );
    // With those beside it, and by itself.
    assert.deepEqual(reasons, ["exit status 7", "exit status 7"]);
  });

  it("says so when the workers cannot even start, each time anew", async () => {
    start({ entry: new URL("./missing-worker.ts", import.meta.url) });
    for (let attempt = 0; attempt < 2; attempt += 1)
      await assert.rejects(pool.load(countedModel(1)), (error) => {
        assert.ok(error instanceof ApiError);
        assert.equal(error.code, "worker-crashed");
        assert.match(error.message, /missing-worker/);
        return true;
      });
  });

  it("drops a waiting request whose caller went away before it costs anything", async () => {
    const model = countedModel(2);
    start();
    await pool.load(model);
    const gone = new AbortController();
    const first = pool.run(model, { inputs: x(1, 1), outputs: ["y"] });
    const abandoned = x(5, 5);
    const second = pool.run(model, { inputs: abandoned, outputs: ["y"], signal: gone.signal });
    gone.abort();
    await assert.rejects(second, { code: "request-aborted" });
    await first;
    await pool.run(model, { inputs: x(2, 2), outputs: ["y"] });
    // Its memory was never moved to a worker.
    assert.equal(abandoned[0]?.data.length, 2);
  });
});
