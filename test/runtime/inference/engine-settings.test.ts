import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import { answerOf, useEngines } from "./engine-fixture.ts";
import { row, scaleModel, textModel, tileModel } from "./models.ts";
import { thrownBy } from "./thrown-by.ts";

describe("inference engine: warm-up, cache, execution providers, metrics", () => {
  const engines = useEngines();

  it("is ready only after the samples ran, and not where one fails", async () => {
    const sample = (times: number) => ({
      inputs: [
        { name: "x", shape: [1], fill: 2 },
        { name: "times", shape: [1], data: [times] },
      ],
      repetitions: 3,
    });
    await publishModel(engines.store, { ...tileModel(), warmUp: [sample(2)] });
    const inference = engines.start();
    await inference.ready("tile");
    await publishModel(engines.store, { ...tileModel("failing"), warmUp: [sample(2), sample(1e15)] });
    const error = await thrownBy(inference.ready("failing"));
    assert.equal(error.code, "model-unavailable");
    assert.match(error.message, /warmUp\[1\] fails: .*Tile/);
  });

  it("refuses samples that do not fit the model, naming the place", async () => {
    const error = await thrownBy(
      publishModel(engines.store, {
        ...textModel(),
        warmUp: [{ inputs: [{ name: "text", shape: [2, 1] }] }, { inputs: [{ name: "other", shape: [1] }] }],
      }),
    );
    assert.deepEqual(
      error.problems.map(({ path }) => path),
      ["warmUp.0.inputs[0].shape", "warmUp.1.inputs[0].name", "warmUp.1.inputs"],
    );
  });

  it("answers what was asked before from the cache, by content, in bounds", async () => {
    const registry = new Registry();
    await publishModel(engines.store, { ...scaleModel(3), cache: { maximumBytes: 1200 } });
    const inference = engines.start({ registry });
    const ask = async (value: number) =>
      (await inference.infer("scale", undefined, { ...row(value, 0), id: String(value) })).outputs[0]
        ?.data[0];
    for (const value of [1, 2, 1, 2]) assert.equal(await ask(value), 3 * value);
    const figures = async (name: string) =>
      Number(new RegExp(`^skyloom_inference_${name} (\\d+)`, "m").exec(await registry.metrics())?.[1]);
    assert.equal(await figures('cache_lookups_total\\{model="scale",version="1",result="hit"\\}'), 2);
    assert.equal(await figures('batch_size_count\\{model="scale",version="1"\\}'), 2);
    // Room for two: the one not asked for longest is gone.
    for (const value of [3, 2, 1]) assert.equal(await ask(value), 3 * value);
    assert.equal(await figures('cache_lookups_total\\{model="scale",version="1",result="hit"\\}'), 3);
    assert.equal(await figures('model_loads_total\\{model="scale",result="success"\\}'), 1);
    assert.equal(await figures('queue_depth\\{model="scale",version="1"\\}'), 0);
  });

  it("falls back to the processor where the GPU's libraries are missing, and tells what is active", async () => {
    await publishModel(engines.store, scaleModel(2));
    const warnings: object[] = [];
    const inference = engines.start({
      executionProviders: [
        { name: "tensorrt", deviceIds: [] },
        { name: "cuda", deviceIds: [1] },
        { name: "cpu", deviceIds: [] },
      ],
      logger: { info: () => undefined, warn: (details) => warnings.push(details) },
    });
    assert.equal(await answerOf(inference, "scale"), 2);
    assert.equal((await inference.metadata("scale")).executionProvider, "cpu");
    const [{ refusals }] = warnings as [{ refusals: string[] }];
    assert.deepEqual(
      refusals.map((text) => text.slice(0, text.indexOf(":"))),
      ["tensorrt", "cuda"],
    );
    const strict = engines.start({
      executionProviders: [
        { name: "tensorrt", deviceIds: [] },
        { name: "cuda", deviceIds: [] },
      ],
    });
    const error = await thrownBy(strict.ready("scale"));
    assert.equal(error.code, "model-unavailable");
    assert.match(error.message, /tensorrt: .*; cuda: /s);
  });
});
