import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import { answerOf, useEngines } from "./engine-fixture.ts";
import { scaleModel } from "./models.ts";
import { thrownBy } from "./thrown-by.ts";

/** A small model takes a little more than a thread's 24 MB. */
const roomForTwo = 60_000_000;

describe("inference engine: memory", () => {
  const engines = useEngines();

  const loadedModels = async (registry: Registry) =>
    [
      ...(await registry.metrics()).matchAll(/_model_memory_bytes\{model="(\w+)",version="(\d+)"\} (\d+)/g),
    ].map(([, model, version, bytes]) => {
      assert.ok(Number(bytes) > 24_000_000 && Number(bytes) < 25_000_000, `${bytes} bytes`);
      return `${model}/${version}`;
    });

  it("unloads what was not used for longest, except what is pinned, and loads it again", async () => {
    await publishModel(engines.store, { ...scaleModel(1, "pinned"), pinned: true });
    for (const [index, name] of ["a", "b", "c"].entries())
      await publishModel(engines.store, scaleModel(index + 2, name));
    const registry = new Registry();
    const inference = engines.start({ memoryBytes: roomForTwo, registry });
    assert.equal(await answerOf(inference, "pinned"), 1);
    for (const [name, factor] of [
      ["a", 2],
      ["b", 3],
      ["c", 4],
      ["a", 2],
    ] as const) {
      assert.equal(await answerOf(inference, name), factor);
      assert.deepEqual(
        (await loadedModels(registry)).sort(),
        [name, "pinned"].map((model) => `${model}/1`).sort(),
      );
    }
  });

  it("refuses what finds no room, names the setting, and unloads nothing for a list of the models", async () => {
    await publishModel(engines.store, { ...scaleModel(1, "first"), pinned: true });
    await publishModel(engines.store, { ...scaleModel(2, "second"), pinned: true });
    await publishModel(engines.store, scaleModel(3, "third"));
    const inference = engines.start({ memoryBytes: roomForTwo });
    await inference.models();
    const error = await thrownBy(answerOf(inference, "third"));
    assert.deepEqual([error.status, error.code], [503, "model-memory-exceeded"]);
    assert.match(error.message, /SKYLOOM_MODEL_MEMORY_BYTES/);
    const states = (await inference.models()).map(({ name, state, reason }) => [
      name,
      state,
      reason.slice(0, 11),
    ]);
    assert.deepEqual(states, [
      ["first", "READY", ""],
      ["second", "READY", ""],
      ["third", "UNAVAILABLE", "model third"],
    ]);
    await inference.unload("first");
    assert.equal(await answerOf(inference, "third"), 3);
  });

  it("makes room among the versions of one model too, but keeps its current one", async () => {
    for (const factor of [1, 2, 3]) await publishModel(engines.store, scaleModel(factor));
    const registry = new Registry();
    const inference = engines.start({ memoryBytes: roomForTwo, registry });
    assert.equal(await answerOf(inference, "scale"), 3);
    for (const version of [1, 2, 1])
      assert.equal(await answerOf(inference, "scale", String(version)), version);
    assert.deepEqual((await loadedModels(registry)).sort(), ["scale/1", "scale/3"]);
  });

  it("keeps the version that serves where the new one finds no room beside it", async () => {
    await publishModel(engines.store, scaleModel(1));
    const inference = engines.start({ memoryBytes: 40_000_000 });
    assert.equal(await answerOf(inference, "scale"), 1);
    await publishModel(engines.store, scaleModel(2));
    await inference.ready("scale");
    assert.equal(await answerOf(inference, "scale"), 1);
    assert.match((await inference.models())[1]?.reason ?? "", /needs about \d+ bytes/);
  });
});
