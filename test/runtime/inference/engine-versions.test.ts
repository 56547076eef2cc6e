import assert from "node:assert/strict";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import { answerOf, useEngines } from "./engine-fixture.ts";
import { classifierModel, row, scaleModel } from "./models.ts";
import { thrownBy } from "./thrown-by.ts";

describe("inference engine: models and versions", () => {
  const engines = useEngines();

  it("tells metadata and states", async () => {
    await publishModel(engines.store, scaleModel(1));
    await publishModel(engines.store, scaleModel(2));
    await publishModel(engines.store, classifierModel());
    const inference = engines.start();
    assert.deepEqual(await inference.metadata("scale", "1"), {
      name: "scale",
      versions: ["1", "2"],
      platform: "onnxruntime_onnx",
      inputs: [{ name: "x", datatype: "FP32", shape: [-1, 2] }],
      outputs: [{ name: "y", datatype: "FP32", shape: [-1, 2] }],
    });
    assert.deepEqual(await inference.models(), [
      { name: "classifier", version: "1", state: "READY", reason: "", problems: [] },
      { name: "scale", version: "2", state: "READY", reason: "", problems: [] },
    ]);
  });

  it("answers 404 for what is not there", async () => {
    await publishModel(engines.store, scaleModel(1));
    const inference = engines.start();
    for (const call of ["metadata", "ready", "infer"] as const) {
      const ask = (name: string, version?: string) =>
        thrownBy(
          call === "infer" ? inference.infer(name, version, row(1, 1)) : inference[call](name, version),
        );
      for (const name of ["other", "..", "", "a/b", "__proto__"]) {
        const error = await ask(name);
        assert.deepEqual([error.status, error.code], [404, "model-not-found"], `${call} ${name}`);
      }
      for (const version of ["2", "0", "-1", "1.0", "latest", "", "99999999999999999999"]) {
        const error = await ask("scale", version);
        assert.deepEqual([error.status, error.code], [404, "model-version-not-found"], `${call} ${version}`);
      }
    }
    assert.equal((await thrownBy(inference.infer("other", "1", row(1, 1)))).code, "model-not-found");
    await publishModel(engines.store, scaleModel(5, "other"));
    assert.equal(await answerOf(inference, "other"), 5);
  });

  it("serves a new current version once it is loaded, an older one on request, and a rollback", async () => {
    await publishModel(engines.store, scaleModel(1));
    const inference = engines.start();
    assert.equal(await answerOf(inference, "scale"), 1);
    await publishModel(engines.store, scaleModel(2));
    await inference.ready("scale");
    assert.equal(await answerOf(inference, "scale"), 2);
    assert.equal(await answerOf(inference, "scale", "1"), 1);
    assert.equal(await answerOf(inference, "scale", "2"), 2);
    await engines.store.put("models/scale/current.json", '{"version": 1, "aliases": {}}');
    await inference.ready("scale");
    assert.equal(await answerOf(inference, "scale"), 1);
  });

  it("notices a new version by itself", async () => {
    await publishModel(engines.store, scaleModel(1));
    const inference = engines.start({ pointerCheckSeconds: 0.02 });
    assert.equal(await answerOf(inference, "scale"), 1);
    await publishModel(engines.store, scaleModel(2));
    let answer: unknown;
    do answer = await answerOf(inference, "scale");
    while (answer === 1);
    assert.equal(answer, 2);
  });

  it("forgets a model that was deleted, and serves what takes its place under the same number", async () => {
    await publishModel(engines.store, scaleModel(1));
    const inference = engines.start();
    assert.equal(await answerOf(inference, "scale", "1"), 1);
    assert.equal(await answerOf(inference, "scale"), 1);
    for (const { key } of (await engines.store.list()).objects) await engines.store.delete(key);
    assert.equal((await thrownBy(inference.ready("scale"))).code, "model-not-found");
    assert.equal((await thrownBy(inference.infer("scale", undefined, row(1, 1)))).code, "model-not-found");
    await publishModel(engines.store, scaleModel(3));
    await inference.ready("scale");
    assert.equal(await answerOf(inference, "scale"), 3);
    assert.equal(await answerOf(inference, "scale", "1"), 3);
  });

  it("notices that the repository was filled anew, also for a version asked for by number", async () => {
    await publishModel(engines.store, scaleModel(1));
    await publishModel(engines.store, scaleModel(2));
    const inference = engines.start();
    assert.equal(await answerOf(inference, "scale"), 2);
    assert.equal(await answerOf(inference, "scale", "1"), 1);
    for (const { key } of (await engines.store.list()).objects) await engines.store.delete(key);
    for (const factor of [7, 8, 9]) await publishModel(engines.store, scaleModel(factor));
    await inference.ready("scale");
    assert.equal(await answerOf(inference, "scale", "1"), 7);
    assert.equal(await answerOf(inference, "scale"), 9);
  });

  it("swaps versions under load without a failed or a wrong answer", async () => {
    await publishModel(engines.store, scaleModel(1));
    const inference = engines.start({ workers: 2, pointerCheckSeconds: 0.01 });
    let isPublishing = true;
    const seen = new Set<string>();
    const client = async () => {
      while (isPublishing || !seen.has("6")) {
        const { model_version, outputs } = await inference.infer("scale", undefined, row(1, 2));
        assert.deepEqual(outputs[0]?.data, [Number(model_version), 2 * Number(model_version)]);
        seen.add(model_version);
      }
    };
    const clients = Array.from({ length: 8 }, client);
    for (let factor = 2; factor <= 6; factor += 1) {
      await publishModel(engines.store, scaleModel(factor));
      await inference.ready("scale");
      assert.equal(await answerOf(inference, "scale"), factor);
    }
    isPublishing = false;
    await Promise.all(clients);
    assert.ok(seen.has("1") && seen.has("6"));
  });

  it("serves more versions than it holds at a time", async () => {
    const inference = engines.start();
    const count = 40;
    for (let factor = 1; factor <= count; factor += 1) await publishModel(engines.store, scaleModel(factor));
    for (let version = 1; version <= count; version += 1)
      assert.equal(await answerOf(inference, "scale", String(version)), version);
    assert.equal(await answerOf(inference, "scale"), count);
    assert.equal(await answerOf(inference, "scale", "1"), 1);
    // Each that is held has a thread.
  }).timeout(60_000);
});
