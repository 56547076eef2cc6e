import assert from "node:assert/strict";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import { answerOf, useEngines } from "./engine-fixture.ts";
import { row, scaleModel } from "./models.ts";
import { thrownBy } from "./thrown-by.ts";

describe("inference engine: load and unload, aliases, version policy", () => {
  const engines = useEngines();

  const point = (pointer: object, name = "scale") =>
    engines.store.put(`models/${name}/current.json`, JSON.stringify(pointer));

  it("refuses an unloaded model until it is loaded again", async () => {
    await publishModel(engines.store, scaleModel(2));
    const inference = engines.start();
    const underWay = answerOf(inference, "scale");
    assert.equal(await underWay, 2);
    await inference.unload("scale");
    for (const version of [undefined, "1"]) {
      const error = await thrownBy(inference.infer("scale", version, row(1, 1)));
      assert.deepEqual([error.status, error.code], [503, "model-not-loaded"]);
      assert.match(error.message, /POST \/v2\/repository\/models\/scale\/load/);
    }
    assert.equal((await thrownBy(inference.ready("scale"))).code, "model-not-loaded");
    assert.deepEqual(
      (await inference.models()).map(({ state }) => state),
      ["UNAVAILABLE"],
    );
    await inference.load("scale");
    assert.equal(await answerOf(inference, "scale"), 2);
  });

  it("loads nothing by itself with explicit control", async () => {
    await publishModel(engines.store, scaleModel(2));
    const inference = engines.start({ control: "explicit" });
    assert.deepEqual(
      (await inference.models()).map(({ state }) => state),
      ["UNAVAILABLE"],
    );
    assert.equal((await thrownBy(answerOf(inference, "scale"))).code, "model-not-loaded");
    await inference.load("scale", "1");
    assert.equal(await answerOf(inference, "scale"), 2);
  });

  it("tells what a load failed at, and 404 for models that are not there", async () => {
    await publishModel(engines.store, { ...scaleModel(1), files: { "model.onnx": Buffer.from("broken") } });
    const inference = engines.start();
    assert.equal((await thrownBy(inference.load("scale"))).code, "model-unavailable");
    for (const call of [inference.load, inference.unload]) {
      const error = await thrownBy(call("other"));
      assert.deepEqual([error.status, error.code], [404, "model-not-found"]);
    }
    await publishModel(engines.store, scaleModel(2));
    assert.equal((await thrownBy(inference.load("scale", "7"))).code, "model-version-not-found");
    await inference.load("scale", "2");
  });

  it("answers requests that are under way when their model is unloaded", async () => {
    await publishModel(engines.store, scaleModel(2));
    const inference = engines.start();
    await inference.ready("scale");
    const underWay = Array.from({ length: 20 }, () => answerOf(inference, "scale"));
    await new Promise<void>((resolve) => process.nextTick(resolve));
    await inference.unload("scale");
    assert.deepEqual(await Promise.all(underWay), new Array(20).fill(2));
  });

  it("serves versions by alias, and follows when an alias moves", async () => {
    for (const factor of [1, 2, 3]) await publishModel(engines.store, scaleModel(factor));
    await point({ version: 3, aliases: { stable: 1, canary: 2 } });
    const inference = engines.start();
    assert.equal(await answerOf(inference, "scale"), 3);
    assert.equal(await answerOf(inference, "scale", "stable"), 1);
    assert.equal(await answerOf(inference, "scale", "canary"), 2);
    await inference.ready("scale", "canary");
    const error = await thrownBy(inference.infer("scale", "newest", row(1, 1)));
    assert.deepEqual([error.status, error.code], [404, "model-version-not-found"]);
    assert.match(error.message, /its aliases are canary, stable/);
    await point({ version: 3, aliases: { stable: 2 } });
    await inference.ready("scale");
    assert.equal(await answerOf(inference, "scale", "stable"), 2);
    assert.equal((await thrownBy(answerOf(inference, "scale", "canary"))).status, 404);
  });

  it("promotes a version with an alias without a second load, and keeps the one before for a rollback", async () => {
    for (const factor of [1, 2]) await publishModel(engines.store, scaleModel(factor));
    await point({ version: 1, aliases: { canary: 2 } });
    let reads = 0;
    const counting: ObjectStore = {
      ...engines.store,
      get(key) {
        if (key.endsWith(".onnx")) reads += 1;
        return engines.store.get(key);
      },
    };
    const inference = engines.start({ store: counting });
    assert.equal(await answerOf(inference, "scale"), 1);
    assert.equal(await answerOf(inference, "scale", "canary"), 2);
    await point({ version: 2, aliases: { stable: 1 } });
    await inference.ready("scale");
    assert.equal(await answerOf(inference, "scale"), 2);
    await point({ version: 1, aliases: { stable: 1 } });
    await inference.ready("scale");
    assert.equal(await answerOf(inference, "scale"), 1);
    assert.equal(reads, 2);
  });

  it("serves the versions that the policy names, and the current and aliased ones", async () => {
    for (const factor of [1, 2, 3, 4]) await publishModel(engines.store, scaleModel(factor));
    const inference = engines.start();
    const served = async () => {
      await inference.ready("scale").catch(() => undefined);
      const answers = ["1", "2", "3", "4"].map((version) => answerOf(inference, "scale", version));
      return (await Promise.allSettled(answers)).map(({ status }) => status === "fulfilled");
    };
    assert.deepEqual(await served(), [true, true, true, true]);
    await point({ version: 4, versionPolicy: { latest: 2 } });
    assert.deepEqual(await served(), [false, false, true, true]);
    await point({ version: 4, aliases: { stable: 1 }, versionPolicy: { specific: [2] } });
    assert.deepEqual(await served(), [true, true, false, true]);
    assert.match((await thrownBy(answerOf(inference, "scale", "3"))).message, /version policy leaves it out/);
    await publishModel(engines.store, scaleModel(5));
    assert.deepEqual(await served(), [true, true, false, false]);
    await point({ version: 4, versionPolicy: "all" });
    assert.deepEqual(await served(), [true, true, true, true]);
    await point({ version: 4, versionPolicy: { newest: 2 } });
    const unread = engines.start();
    assert.match((await thrownBy(answerOf(unread, "scale"))).message, /must be "all"/);
  });
});
