import assert from "node:assert/strict";
import type { Tensor } from "../../../../runtime/inference/datatypes.ts";
import { type EnsembleRun, runEnsemble } from "../../../../runtime/inference/ensembles/run-ensemble.ts";
import type { RunRequest, RunResult } from "../../../../runtime/inference/scheduling/scheduler.ts";
import { thrownBy } from "../thrown-by.ts";

const tensorOf = (name: string, value: number): Tensor => ({
  name,
  datatype: "FP32",
  shape: [1],
  data: Float32Array.of(value),
});

/** `a` and `b` from x, `c` from both, and `d`, which only some want. */
const steps: EnsembleRun["steps"] = [
  { model: "c", inputs: { p: "a", q: "b" }, outputs: { y: "c" } },
  { model: "a", inputs: { x: "x" }, outputs: { y: "a" } },
  { model: "b", inputs: { x: "x" }, outputs: { y: "b" } },
  { model: "d", inputs: { x: "x" }, outputs: { y: "d" } },
];

describe("runEnsemble", () => {
  let started: { model: string; request: RunRequest; end(result: RunResult | Error): void }[];
  beforeEach(() => {
    started = [];
  });

  const run = (request: Partial<RunRequest> = {}) =>
    runEnsemble({
      steps,
      request: { inputs: [tensorOf("x", 1)], outputs: ["c"], ...request },
      runStep: ({ model }, stepRequest) =>
        new Promise((resolve, reject) => {
          const end = (result: RunResult | Error) =>
            result instanceof Error ? reject(result) : resolve(result);
          started.push({ model, request: stepRequest, end });
        }),
    });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const result = (value: number, queueSeconds = 0): RunResult => ({
    outputs: [tensorOf("y", value)],
    queueSeconds,
    computeSeconds: 0,
  });
  const models = () => started.map(({ model }) => model);

  it("runs side by side what does not wait for each other, and nothing that is not wanted", async () => {
    const running = run();
    await turn();
    assert.deepEqual(models(), ["a", "b"]);
    started[0]?.end(result(2, 3));
    await turn();
    assert.deepEqual(models(), ["a", "b"]);
    started[1]?.end(result(5, 4));
    await turn();
    assert.deepEqual(models(), ["a", "b", "c"]);
    assert.deepEqual(
      started[2]?.request.inputs.map(({ name, data }) => [name, data[0]]),
      [
        ["p", 2],
        ["q", 5],
      ],
    );
    started[2]?.end(result(7, 1));
    const { outputs, queueSeconds } = await running;
    assert.deepEqual(outputs, [tensorOf("c", 7)]);
    assert.equal(queueSeconds, 5);
  });

  it("gives each step tensors of its own, since a worker takes them over", async () => {
    const input = tensorOf("x", 1);
    const running = run({ inputs: [input] });
    await turn();
    for (const { request } of started)
      structuredClone(request.inputs, { transfer: request.inputs.map(buffer) });
    assert.deepEqual(input.data, Float32Array.of(1));
    started[0]?.end(new Error("enough"));
    await thrownBy(running);
  });

  it("passes on priority and what is left of the timeout", async () => {
    const running = run({ priority: 3, timeoutSeconds: 1000 });
    await turn();
    assert.equal(started[0]?.request.priority, 3);
    const { timeoutSeconds = 0 } = started[0]?.request ?? {};
    assert.ok(timeoutSeconds > 900 && timeoutSeconds < 1000, String(timeoutSeconds));
    started[0]?.end(new Error("enough"));
    await thrownBy(running);
  });

  it("ends the other steps with the first that fails, which the error names", async () => {
    const running = run();
    await turn();
    started[1]?.end(new Error("broken"));
    const error = await thrownBy(running);
    assert.equal(error.message, "steps[2] (model b): broken");
    assert.equal(started[0]?.request.signal?.aborted, true);
    started[0]?.end(result(1));
    await turn();
    assert.deepEqual(models(), ["a", "b"]);
  });
});

function buffer({ data }: Tensor): ArrayBuffer {
  return (data as Float32Array).buffer as ArrayBuffer;
}
