import assert from "node:assert/strict";
import { join } from "node:path";
import type { DataSet } from "../../../../runtime/data/data-set.ts";
import type { ApiError } from "../../../../runtime/errors.ts";
import { createInference } from "../../../../runtime/inference/engine.ts";
import type { Inference } from "../../../../runtime/inference/inference.ts";
import { publishModel } from "../../../../runtime/inference/publish-model.ts";
import { exportTabular, type TabularModel } from "../../../../runtime/learning/tabular/export-tabular.ts";
import type { TaskContext } from "../../../../runtime/workflows/task-type.ts";
import { infer } from "../../../../runtime/workflows/task-types/infer.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { problemsOf, runTask, taskContext } from "./run-task.ts";

/** Two features a and b; what it gives is known by its weights. */
function model(kind: TabularModel["kind"], weights: number[], outputs: number): Uint8Array {
  const layers = [
    { inputs: 2, outputs, weights: Float64Array.from(weights), biases: new Float64Array(outputs) },
  ];
  const inputs = { means: new Float64Array(2), deviations: Float64Array.of(1, 1) };
  return exportTabular({
    kind,
    features: ["a", "b"],
    target: "t",
    inputs,
    output: { mean: 0, deviation: 1 },
    layers,
  });
}

describe("task infer over a data set", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const rows = 5000;
  let context: TaskContext;
  let inference: Inference;
  let count = 0;

  before(async () => {
    context = taskContext(join(folder.path, "bucket"));
    const { store } = context;
    const common = {
      description: "",
      model: "model.onnx",
      inputs: [{ name: "features", datatype: "FP32" as const, shape: [-1, 2] }],
      metrics: {},
      lineage: {},
    };
    const output = (name: string, width: number) => [{ name, datatype: "FP32" as const, shape: [-1, width] }];
    await publishModel(store, {
      ...common,
      name: "sum",
      outputs: output("prediction", 1),
      files: { "model.onnx": model("regression", [1, 1], 1) },
    });
    await publishModel(store, {
      ...common,
      name: "sign",
      outputs: output("probabilities", 2),
      labels: { probabilities: ["negative", "positive"] },
      files: { "model.onnx": model("classification", [-50, 50, -50, 50], 2) },
    });
    inference = createInference({ store, workers: 1, pointerCheckSeconds: 3600 });
    context.inference = inference;
    const lines = Array.from({ length: rows }, (_, n) => `${n},${n - 2},name ${n}`);
    await store.put("in/rows.csv", `a,b,name\n${lines.join("\n")}\n`);
  });
  after(async () => {
    await context.outbound.close();
    await inference.close();
  });

  async function run(parameters: object, changes: Partial<TaskContext> = {}): Promise<DataSet> {
    const data = { key: "in/rows.csv", format: "csv" };
    const columns = { features: ["a", "b"] };
    const own = { ...context, key: `run-1/infer-${++count}`, ...changes };
    const outputs = await runTask(
      infer,
      { model: "sum", data, columns, format: "jsonl", ...parameters },
      own,
    );
    return outputs.data as unknown as DataSet;
  }
  const rowsOf = async ({ key }: DataSet) =>
    Buffer.from((await context.store.get(key))?.body ?? [])
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));

  it("puts the answer beside each row, in their order, whatever the batches", async () => {
    const progress: string[] = [];
    const data = await run(
      { batch: 100, concurrency: 3, keep: ["name", "a"] },
      { log: (text) => progress.push(`${text}`) },
    );
    const found = await rowsOf(data);
    assert.equal(data.rows, rows);
    assert.deepEqual(
      found.map((row) => [row.name, row.prediction]),
      Array.from({ length: rows }, (_, n) => [`name ${n}`, 2 * n - 2]),
    );
    assert.equal(progress.at(-1), `${rows} rows\n`);
  });

  it("makes a column of each number of a vector, and one of the labels", async () => {
    const data = await run({ model: "sign", outputs: ["probabilities"] });
    const [first, , third] = await rowsOf(data);
    assert.deepEqual(Object.keys(first), [
      "a",
      "b",
      "name",
      "probabilities_1",
      "probabilities_2",
      "probabilities_label",
    ]);
    assert.deepEqual([first.probabilities_label, third.probabilities_label], ["negative", "positive"]);
  });

  it("names everything that does not fit the model or the data", async () => {
    await assert.rejects(run({ columns: { featres: ["a"] } }), (error: ApiError) => {
      assert.deepEqual(
        error.problems.map(({ path, message }) => `${path}: ${message}`),
        [
          "columns.features: is missing: the model has this input",
          'columns.featres: the model has no such input, did you mean "features"? it has features',
        ],
      );
      return true;
    });
    await assert.rejects(run({ columns: { features: ["a", "name", "c"] } }), (error: ApiError) => {
      assert.deepEqual(
        error.problems.map(({ path, message }) => `${path}: ${message}`),
        [
          "columns.features: must be 2 columns, as the model's shape is [-1, 2]",
          'columns.features[1]: "name" is VARCHAR, and FP32 wants a number',
          'columns.features[2]: there is no column "c", did you mean "a"? columns are a, b, name',
        ],
      );
      return true;
    });
    await assert.rejects(run({ keep: ["nam"] }), { code: "invalid-columns", message: /did you mean "name"/ });
    await assert.rejects(run({ model: "none" }), { code: "model-not-found" });
    await context.store.put("in/holes.csv", "a,b\n1,\n");
    await assert.rejects(
      run({ data: { key: "in/holes.csv", format: "csv" } }),
      /"b" is VARCHAR|missing in "b"/,
    );
    const data = { key: "a.csv", format: "csv" };
    assert.deepEqual(problemsOf(infer, { model: "m", data, inputs: {} }), [
      "inputs: must stand alone, or data instead of it",
      "columns: is missing: each input of the model to the columns that make it",
    ]);
  });

  it("ends when it is cancelled", async () => {
    const controller = new AbortController();
    const reason = new Error("cancelled");
    const log = () => controller.abort(reason);
    await assert.rejects(run({ batch: 1 }, { signal: controller.signal, log }), reason);
  });
});
