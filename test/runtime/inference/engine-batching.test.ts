import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { type NewModelVersion, publishModel } from "../../../runtime/inference/model-repository.ts";
import { encodeModel } from "../../../runtime/learning/onnx/encode-model.ts";
import { answerOf, useEngines } from "./engine-fixture.ts";
import { identityModel, row, scaleModel, tensor, textModel, tileModel } from "./models.ts";
import { thrownBy } from "./thrown-by.ts";

/** y = x, FP32 of any rows and any length. */
function openModel(): NewModelVersion {
  const tensors = {
    inputs: [{ name: "x", datatype: "FP32" as const, shape: [-1, -1] }],
    outputs: [{ name: "y", datatype: "FP32" as const, shape: [-1, -1] }],
  };
  const graph = encodeModel({
    name: "open",
    ...tensors,
    nodes: [{ operator: "Identity", inputs: ["x"], outputs: ["y"] }],
  });
  return { ...scaleModel(1, "open"), files: { "model.onnx": graph }, ...tensors };
}

describe("inference engine: batching", () => {
  const engines = useEngines();

  it("gives each of the requests in a batch its own rows", async () => {
    await publishModel(engines.store, { ...scaleModel(3), batching: { maximumSize: 16 } });
    const inference = engines.start();
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const rows = (index % 3) + 1;
        const data = Array.from({ length: rows * 2 }, (_, place) => index + place);
        const { outputs } = await inference.infer("scale", undefined, {
          inputs: [tensor("x", "FP32", [rows, 2], data)],
        });
        assert.deepEqual(outputs[0]?.shape, [rows, 2]);
        return [data.map((value) => 3 * value), outputs[0]?.data];
      }),
    );
    for (const [expected, actual] of answers) assert.deepEqual(actual, expected);
  });

  it("reports the size of batches that it learned from its runs", async () => {
    await publishModel(engines.store, { ...scaleModel(3), batching: { maximumSize: 2 } });
    const inference = engines.start();
    const ask = () => inference.infer("scale", undefined, { inputs: [tensor("x", "FP32", [1, 2], [1, 2])] });
    const learned = async () => (await inference.report("scale")).versions[0]?.batches.learned;
    await ask();
    assert.equal(await learned(), null);
    for (let count = 0; count < 4; count += 1) await ask();
    const { best, measured: [size] = [] } = (await learned()) ?? {};
    assert.deepEqual([best, size?.rows], [1, 1]);
    assert.ok((size?.secondsPerRow ?? 0) > 0);
  });

  it("puts texts together before they are preprocessed", async () => {
    await publishModel(engines.store, { ...textModel(), batching: {} });
    await publishModel(engines.store, textModel("apart"));
    const inference = engines.start();
    const ask = async (name: string, text: string) => {
      const { outputs } = await inference.infer(name, undefined, {
        inputs: [tensor("text", "BYTES", [1], [text])],
      });
      return outputs[0]?.data;
    };
    const texts = ["disk full", "no route to host", "", "disk full"];
    const together = await Promise.all(texts.map((text) => ask("texts", text)));
    const apart = await Promise.all(texts.map((text) => ask("apart", text)));
    assert.deepEqual(together, apart);
  });

  it("puts requests of different lengths together where the manifest says how to fill them up", async () => {
    await publishModel(engines.store, {
      ...openModel(),
      batching: { padding: { axis: 1, inputs: { x: 9 }, outputs: ["y"] } },
    });
    const registry = new Registry();
    const inference = engines.start({ registry });
    await inference.ready("open");
    const lengths = [2, 5, 3, 5, 1];
    const answers = await Promise.all(
      lengths.map(async (length, index) => {
        const data = new Array(length).fill(index + 1);
        const { outputs } = await inference.infer("open", undefined, {
          inputs: [tensor("x", "FP32", [1, length], data)],
        });
        return outputs.map(({ shape, data: values }) => [shape, values]);
      }),
    );
    assert.deepEqual(
      answers,
      lengths.map((length, index) => [[[1, length], new Array(length).fill(index + 1)]]),
    );
    assert.match(await registry.metrics(), /_batch_size_count\{model="open",version="1"\} 1\n/);
  });

  it("answers the others when one of a batch kills the worker", async () => {
    await publishModel(engines.store, { ...scaleModel(2), batching: {} });
    const workerEntry = new URL("./crashing-worker.ts", import.meta.url);
    const inference = engines.start({ workerEntry });
    await inference.ready("scale");
    const fatal = thrownBy(inference.infer("scale", undefined, row(666, 0)));
    const others = Array.from({ length: 5 }, () => answerOf(inference, "scale"));
    assert.equal((await fatal).code, "worker-crashed");
    assert.deepEqual(await Promise.all(others), new Array(5).fill(2));
  });

  it("does not load a graph whose outputs fix the first dimension", async () => {
    const graph = encodeModel({
      name: "fixed",
      inputs: [{ name: "x", datatype: "FP32", shape: [-1, 2] }],
      outputs: [{ name: "y", datatype: "FP32", shape: [1, 2] }],
      nodes: [{ operator: "Identity", inputs: ["x"], outputs: ["y"] }],
    });
    const fixed = { ...scaleModel(1, "fixed"), files: { "model.onnx": graph } };
    await publishModel(engines.store, { ...fixed, batching: {} });
    await publishModel(engines.store, { ...fixed, name: "alone" });
    const inference = engines.start();
    await inference.ready("alone");
    const error = await thrownBy(inference.ready("fixed"));
    assert.equal(error.code, "model-unavailable");
    assert.match(
      error.message,
      /outputs\.y has a fixed first dimension in the graph, batching needs a free one/,
    );
  });

  it("refuses to publish what cannot be put together, naming the tensor", async () => {
    const error = await thrownBy(publishModel(engines.store, { ...tileModel(), batching: {} }));
    assert.equal(error.code, "invalid-model");
    assert.deepEqual(
      error.problems.map(({ path }) => path),
      ["batching", "batching"],
    );
    assert.match(error.message, /free first dimension .* x has shape \[1\]/);
    const settings = await thrownBy(
      publishModel(engines.store, {
        ...identityModel("BYTES", "words"),
        batching: {
          maximumSize: 4,
          preferredSizes: [8],
          padding: { axis: 1, inputs: { x: 0, z: 0 }, outputs: ["y"] },
        },
        queue: { priorityLevels: 2, defaultPriority: 3 },
      }),
    );
    assert.deepEqual(
      settings.problems.map(({ path }) => path),
      [
        "queue.defaultPriority",
        "batching.preferredSizes.0",
        "batching.padding.inputs.x",
        "batching.padding.inputs.z",
        "batching.padding.outputs.0",
      ],
    );
  });
});
