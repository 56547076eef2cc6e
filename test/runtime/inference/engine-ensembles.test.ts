import assert from "node:assert/strict";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import { answerOf, reachedPool, useEngines } from "./engine-fixture.ts";
import { diamond, ensembleModel, sumModel } from "./ensemble-models.ts";
import { row, scaleModel, tensor } from "./models.ts";
import { slowModel, slowRequest } from "./slow-model.ts";
import { thrownBy } from "./thrown-by.ts";

describe("inference engine: ensembles", () => {
  const engines = useEngines();
  const states = async (inference: ReturnType<typeof engines.start>) =>
    Object.fromEntries((await inference.models({ load: false })).map(({ name, state }) => [name, state]));

  beforeEach(async () => {
    await publishModel(engines.store, scaleModel(2, "double"));
    await publishModel(engines.store, scaleModel(3, "triple"));
    await publishModel(engines.store, sumModel());
  });

  it("runs steps in the order that their tensors need, whatever their order in the manifest", async () => {
    await publishModel(engines.store, diamond());
    const inference = engines.start();
    const { model_name, model_version, outputs } = await inference.infer("ensemble", undefined, {
      inputs: [tensor("x", "FP32", [2, 2], [1, 2, 3, 4])],
    });
    assert.deepEqual([model_name, model_version], ["ensemble", "1"]);
    assert.deepEqual(outputs, [{ name: "y", datatype: "FP32", shape: [2, 2], data: [5, 10, 15, 20] }]);
  });

  it("is served as any model: metadata, configuration, statistics of itself and of its models", async () => {
    await publishModel(engines.store, diamond());
    const inference = engines.start();
    await answerOf(inference, "ensemble");
    const { platform, inputs } = await inference.metadata("ensemble");
    assert.equal(platform, "ensemble");
    assert.deepEqual(inputs, [{ name: "x", datatype: "FP32", shape: [-1, 2] }]);
    const { ensemble_scheduling, instance_group } = await inference.configuration("ensemble");
    assert.deepEqual(instance_group, []);
    assert.deepEqual(ensemble_scheduling?.step[1], {
      model_name: "double",
      model_version: -1,
      input_map: { x: "x" },
      output_map: { y: "doubled" },
    });
    for (const name of ["ensemble", "double", "triple", "sum"]) {
      const [statistics] = await inference.statistics(name);
      assert.equal(statistics?.inference_stats.success.count, 1, name);
      assert.equal(statistics?.execution_count, 1, name);
    }
  });

  it("uses versions, aliases and other ensembles, and follows the current version of its models", async () => {
    await publishModel(engines.store, scaleModel(20, "double"));
    await engines.store.put(
      "models/double/current.json",
      JSON.stringify({ version: 2, aliases: { stable: 1 } }),
    );
    const step = (rest: object, from: string, to: string) => ({
      model: "double",
      inputs: { x: from },
      outputs: { y: to },
      ...rest,
    });
    const inner = ensembleModel([step({ alias: "stable" }, "x", "y")], "inner");
    await publishModel(engines.store, inner);
    const outer = ensembleModel(
      [
        step({ version: 1 }, "x", "first"),
        step({}, "first", "second"),
        step({ model: "inner" }, "second", "y"),
      ],
      "outer",
    );
    await publishModel(engines.store, outer);
    const inference = engines.start();
    assert.equal(await answerOf(inference, "outer"), 80);
    await publishModel(engines.store, scaleModel(200, "double"));
    await inference.ready("double");
    assert.equal(await answerOf(inference, "outer"), 800);
  });

  it("tells everything that does not fit before it publishes", async () => {
    const { problems } = await thrownBy(
      publishModel(
        engines.store,
        ensembleModel([
          { model: "missing", inputs: { x: "x" }, outputs: { y: "a" } },
          { model: "double", version: 7, inputs: { x: "a" }, outputs: { y: "b" } },
          { model: "double", alias: "canary", inputs: { z: "nobody" }, outputs: { w: "y" } },
        ]),
      ),
    );
    assert.deepEqual(problems, [
      { path: "steps.2.inputs.z", message: "nobody is no input, and no step makes it" },
      { path: "steps.0.model", message: 'there is no model "missing"' },
      { path: "steps.1.version", message: "model double has no version 7" },
      { path: "steps.2.alias", message: "model double has no alias canary" },
    ]);
    assert.deepEqual((await engines.store.list({ prefix: "models/ensemble/" })).objects, []);
  });

  it("tells tensors that its models lack, or that have another datatype or shape", async () => {
    const whole = { name: "x", datatype: "INT32" as const, shape: [-1, 2] };
    const { problems } = await thrownBy(
      publishModel(engines.store, {
        ...ensembleModel([
          { model: "sum", inputs: { a: "x", c: "x" }, outputs: { z: "made" } },
          { model: "double", inputs: { x: "x" }, outputs: { y: "y" } },
        ]),
        inputs: [whole],
        outputs: [{ name: "y", datatype: "FP32", shape: [-1, 3] }],
      }),
    );
    assert.deepEqual(problems, [
      { path: "steps.0.outputs.z", message: "z is no output of sum, which has y" },
      { path: "steps.0.inputs.a", message: "is INT32 [-1, 2], must be FP32 [-1, 2]" },
      { path: "steps.0.inputs.c", message: "c is no input of sum, which has a, b" },
      { path: "steps.0.inputs", message: "lacks b, an input of sum" },
      { path: "steps.1.inputs.x", message: "is INT32 [-1, 2], must be FP32 [-1, 2]" },
      { path: "outputs.0", message: "is FP32 [-1, 2], must be FP32 [-1, 3]" },
    ]);
  });

  it("refuses steps that wait for each other, and what belongs to a graph", async () => {
    const { problems } = await thrownBy(
      publishModel(engines.store, {
        ...ensembleModel([
          { model: "sum", inputs: { a: "x", b: "y" }, outputs: { y: "a" } },
          { model: "double", inputs: { x: "a" }, outputs: { y: "y" } },
        ]),
        cache: { maximumBytes: 1000 },
        files: { "model.onnx": new Uint8Array([1]) },
      }),
    );
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["cache", "steps", "files"],
    );
    assert.match(problems[1]?.message ?? "", /steps\[0\] → steps\[1\] → steps\[0\]/);
  });

  it("refuses an ensemble that uses itself, also through others", async () => {
    const through = (model: string, name: string) =>
      ensembleModel([{ model, inputs: { x: "x" }, outputs: { y: "y" } }], name);
    await publishModel(engines.store, through("double", "inner"));
    await publishModel(engines.store, through("inner", "outer"));
    const { problems } = await thrownBy(publishModel(engines.store, through("outer", "inner")));
    assert.deepEqual(problems, [
      { path: "steps.0.model", message: "uses the ensemble itself: inner → outer → inner" },
    ]);
  });

  it("does not serve what does not fit any more, and says why", async () => {
    await publishModel(engines.store, diamond());
    for (const { key } of (await engines.store.list({ prefix: "models/triple/" })).objects)
      await engines.store.delete(key);
    const error = await thrownBy(engines.start().ready("ensemble"));
    assert.deepEqual([error.status, error.code], [503, "model-unavailable"]);
    assert.deepEqual(error.problems, [{ path: "steps.2.model", message: 'there is no model "triple"' }]);
  });

  it("is ready only while its models are, and names the step that is not", async () => {
    await publishModel(engines.store, diamond());
    const inference = engines.start();
    await inference.ready("ensemble");
    assert.equal((await states(inference)).ensemble, "READY");
    await inference.unload("triple");
    for (const call of [() => inference.ready("ensemble"), () => answerOf(inference, "ensemble")]) {
      const error = await thrownBy(call());
      assert.deepEqual([error.status, error.code], [503, "model-not-loaded"]);
      assert.match(error.message, /^steps\[2\] \(model triple\): model triple is not loaded/);
    }
    assert.equal((await states(inference)).ensemble, "UNAVAILABLE");
    await inference.load("triple");
    assert.equal(await answerOf(inference, "ensemble"), 5);
  });

  it("serves as soon as its model is loaded again, also where it was asked for in between", async () => {
    await publishModel(engines.store, diamond());
    const inference = engines.start({ now: () => 0 });
    await inference.unload("triple");
    assert.equal((await thrownBy(answerOf(inference, "ensemble"))).code, "model-not-loaded");
    assert.equal((await thrownBy(answerOf(inference, "ensemble", "1"))).code, "model-not-loaded");
    await inference.load("triple");
    assert.equal(await answerOf(inference, "ensemble"), 5);
    assert.equal(await answerOf(inference, "ensemble", "1"), 5);
  });

  it("makes no room for its models at others' cost where it is only listed", async () => {
    await publishModel(engines.store, diamond());
    await publishModel(engines.store, scaleModel(1, "other"));
    const inference = engines.start({ memoryBytes: 60_000_000 });
    await inference.ready("other");
    const [ensemble] = (await inference.models()).filter(({ name }) => name === "ensemble");
    assert.equal(ensemble?.state, "UNAVAILABLE");
    assert.match(ensemble?.reason ?? "", /^steps\[\d\] \(model .+\): .+ of memory/);
    assert.equal((await states(inference)).other, "READY");
  });

  it("is loaded with its models, and unloads them where it is told to", async () => {
    await publishModel(engines.store, diamond());
    await publishModel(engines.store, diamond("other"));
    const inference = engines.start({ control: "explicit" });
    await inference.load("double");
    await inference.load("ensemble");
    assert.equal(await answerOf(inference, "ensemble"), 5);
    await inference.unload("ensemble");
    assert.deepEqual(await states(inference), {
      double: "READY",
      ensemble: "UNAVAILABLE",
      other: "UNAVAILABLE",
      sum: "READY",
      triple: "READY",
    });
    await inference.load("ensemble");
    await inference.load("other");
    await inference.unload("ensemble", { unloadDependents: true });
    assert.equal(await answerOf(inference, "other"), 5);
    await inference.unload("other", { unloadDependents: true });
    const left = Object.entries(await states(inference)).filter(([, state]) => state === "READY");
    assert.deepEqual(left, [["double", "READY"]]);
  });

  it("passes on deadlines and cancellation, and an error names its step", async () => {
    const { inputs, outputs } = slowModel();
    await publishModel(engines.store, slowModel());
    await publishModel(engines.store, {
      ...ensembleModel([{ model: "slow", inputs: { x: "x", times: "times" }, outputs: { y: "y" } }]),
      inputs,
      outputs,
    });
    const inference = engines.start();
    await inference.ready("ensemble");
    const late = await thrownBy(
      inference.infer("ensemble", undefined, slowRequest(1, undefined, { timeout: 1000 })),
    );
    assert.deepEqual([late.status, late.code], [504, "request-timeout"]);
    assert.match(late.message, /^steps\[0\] \(model slow\): there was no result within 0\.001 s/);
    const gone = new AbortController();
    const cancelled = inference.infer("ensemble", undefined, slowRequest(1), gone.signal);
    await reachedPool();
    gone.abort();
    assert.equal((await thrownBy(cancelled)).status, 499);
    const failed = await thrownBy(inference.infer("ensemble", undefined, slowRequest(1, -1)));
    assert.deepEqual([failed.status, failed.code], [500, "inference-failed"]);
    assert.match(failed.message, /^steps\[0\] \(model slow\): the model failed/);
    assert.equal((await inference.infer("ensemble", undefined, slowRequest(7, 1))).outputs[0]?.data[0], 7);
  });

  it("checks with each request the dimensions that stay open", async () => {
    const open = (name: string) => [{ name, datatype: "FP32" as const, shape: [-1, -1] }];
    await publishModel(engines.store, {
      ...ensembleModel([{ model: "double", inputs: { x: "x" }, outputs: { y: "y" } }]),
      inputs: open("x"),
      outputs: open("y"),
    });
    const inference = engines.start();
    assert.equal(await answerOf(inference, "ensemble"), 2);
    const error = await thrownBy(
      inference.infer("ensemble", undefined, { inputs: [tensor("x", "FP32", [1, 3], [1, 2, 3])] }),
    );
    assert.equal(error.status, 400);
    assert.deepEqual(error.problems, [
      { path: "steps[0].inputs.x", message: "must be [-1, 2] (-1: any size), not [1, 3]" },
    ]);
    assert.deepEqual((await inference.infer("ensemble", undefined, row(1, 2))).outputs[0]?.data, [2, 4]);
  });
});
