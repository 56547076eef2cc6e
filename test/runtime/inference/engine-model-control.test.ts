import assert from "node:assert/strict";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import { answerOf, reachedPool, useEngines } from "./engine-fixture.ts";
import { row, scaleModel } from "./models.ts";
import { thrownBy } from "./thrown-by.ts";

describe("inference engine: loading and unloading", () => {
  const engines = useEngines();

  it("lets requests under way finish when their model is unloaded", async () => {
    await publishModel(engines.store, scaleModel(2));
    const inference = engines.start();
    await inference.ready("scale");
    const underWay = inference.infer("scale", undefined, row(1, 1));
    await reachedPool();
    await inference.unload("scale");
    assert.deepEqual((await underWay).outputs[0]?.data, [2, 2]);
    const refused = await thrownBy(inference.infer("scale", undefined, row(1, 1)));
    assert.deepEqual([refused.status, refused.code], [503, "model-not-loaded"]);
  });

  it("unloads a model that is being loaded", async () => {
    await publishModel(engines.store, scaleModel(2));
    const inference = engines.start();
    const loading = inference.load("scale");
    await inference.unload("scale");
    await loading.catch(() => undefined);
    assert.equal((await thrownBy(inference.ready("scale"))).code, "model-not-loaded");
    await inference.load("scale");
    assert.equal(await answerOf(inference, "scale"), 2);
  });

  it("tells why a version does not load, goes on with the one before, and tries anew when told to", async () => {
    await publishModel(engines.store, scaleModel(2));
    const inference = engines.start({ now: () => 0 });
    await inference.load("scale");
    await publishModel(engines.store, scaleModel(3));
    let whole = Buffer.alloc(0);
    await engines.breakFile("models/scale/2/model.onnx", (content) => {
      whole = Buffer.from(content);
      return content.subarray(1);
    });
    const failed = await thrownBy(inference.load("scale"));
    assert.deepEqual([failed.status, failed.code], [503, "model-unavailable"]);
    assert.match(failed.message, /scale version 2 is unavailable: .+ bytes, the manifest says/);
    assert.equal(await answerOf(inference, "scale"), 2);
    await engines.breakFile("models/scale/2/model.onnx", () => whole);
    await inference.load("scale");
    assert.equal(await answerOf(inference, "scale"), 3);
  });

  it("loads and unloads without keeping what it made", async () => {
    await publishModel(engines.store, scaleModel(2));
    const inference = engines.start({ control: "explicit" });
    for (let time = 0; time < 20; time += 1) {
      await inference.load("scale");
      assert.equal(await answerOf(inference, "scale"), 2);
      await inference.unload("scale");
    }
    assert.deepEqual(
      (await inference.models()).map(({ state }) => state),
      ["UNAVAILABLE"],
    );
  });
});
