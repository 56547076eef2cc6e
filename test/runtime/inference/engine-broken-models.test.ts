import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import { answerOf, useEngines } from "./engine-fixture.ts";
import { classifierModel, row, scaleModel } from "./models.ts";
import { thrownBy } from "./thrown-by.ts";

describe("inference engine: models that do not load", () => {
  const engines = useEngines();

  it("names the file that is corrupt, and serves the other models", async () => {
    await publishModel(engines.store, scaleModel(1));
    await publishModel(engines.store, classifierModel());
    await engines.breakFile("models/scale/1/model.onnx", (content) => content.fill(0, 10, 20));
    const inference = engines.start();
    const error = await thrownBy(inference.infer("scale", undefined, row(1, 1)));
    assert.deepEqual([error.status, error.code], [503, "model-unavailable"]);
    assert.match(error.message, /models\/scale\/1\/model\.onnx does not have the SHA-256/);
    assert.equal(error.problems[0]?.path, "models/scale/1/model.onnx");
    assert.equal((await thrownBy(inference.ready("scale", "1"))).code, "model-unavailable");
    await inference.ready("classifier");
    const states = (await inference.models()).map(({ name, version, state }) => [name, version, state]);
    assert.deepEqual(states, [
      ["classifier", "1", "READY"],
      ["scale", "1", "UNAVAILABLE"],
    ]);
  });

  it("tells the loader's message of a file that is no ONNX graph", async () => {
    await publishModel(engines.store, {
      ...scaleModel(1),
      files: { "model.onnx": Buffer.from("no graph at all") },
    });
    await publishModel(engines.store, scaleModel(4, "other"));
    const inference = engines.start();
    const error = await thrownBy(inference.infer("scale", undefined, row(1, 1)));
    assert.deepEqual([error.status, error.code], [503, "model-unavailable"]);
    assert.match(error.message, /protobuf parsing failed/);
    assert.equal(await answerOf(inference, "other"), 4);
  });

  it("compares the graph with the manifest and tells every difference", async () => {
    await publishModel(engines.store, {
      ...scaleModel(1),
      inputs: [
        { name: "x", datatype: "INT64", shape: [-1] },
        { name: "extra", datatype: "FP32", shape: [1] },
      ],
      outputs: [{ name: "z", datatype: "FP32", shape: [-1, 2] }],
    });
    const error = await thrownBy(engines.start().ready("scale"));
    assert.equal(error.code, "model-unavailable");
    assert.deepEqual(
      error.problems.map(({ path }) => path),
      ["inputs.x", "inputs.x", "inputs.extra", "outputs.y", "outputs.z"],
    );
  });

  it("refuses a manifest that promises larger inputs than the graph takes", async () => {
    await publishModel(engines.store, {
      ...scaleModel(1),
      inputs: [{ name: "x", datatype: "FP32", shape: [-1, -1] }],
    });
    const error = await thrownBy(engines.start().ready("scale"));
    assert.match(error.message, /\[batch, 2\] in the graph, \[-1, -1\] in the manifest/);
  });

  it("keeps the old version when the new one does not load, and tells so", async () => {
    await publishModel(engines.store, scaleModel(1));
    const inference = engines.start();
    assert.equal(await answerOf(inference, "scale"), 1);
    await publishModel(engines.store, { ...scaleModel(2), files: { "model.onnx": Buffer.from("broken") } });
    await inference.ready("scale");
    assert.equal(await answerOf(inference, "scale"), 1);
    const states = await inference.models();
    assert.deepEqual(
      states.map(({ version, state }) => [version, state]),
      [
        ["1", "READY"],
        ["2", "UNAVAILABLE"],
      ],
    );
    assert.match(states[1]?.reason ?? "", /does not load/);
  });

  it("tries a broken version again after a while, and takes a repaired one", async () => {
    let milliseconds = 0;
    await publishModel(engines.store, scaleModel(1));
    const original = await readFile(join(engines.folder, "models/scale/1/model.onnx"));
    await engines.breakFile("models/scale/1/model.onnx", () => Uint8Array.of(1));
    const inference = engines.start({ now: () => milliseconds });
    assert.equal((await thrownBy(inference.ready("scale"))).code, "model-unavailable");
    assert.equal((await thrownBy(inference.ready("scale", "1"))).code, "model-unavailable");
    await engines.breakFile("models/scale/1/model.onnx", () => original);
    milliseconds = 4999;
    assert.equal((await thrownBy(inference.ready("scale"))).code, "model-unavailable");
    milliseconds = 5000;
    assert.equal(await answerOf(inference, "scale"), 1);
    assert.equal(await answerOf(inference, "scale", "1"), 1);
  });

  it("answers 503 for a pointer or manifest that was changed by hand", async () => {
    await publishModel(engines.store, scaleModel(1));
    await engines.store.put("models/scale/current.json", "{}");
    const inference = engines.start();
    for (const call of [inference.ready, inference.metadata])
      assert.equal((await thrownBy(call("scale"))).code, "model-unavailable");
    await engines.store.put("models/scale/current.json", '{"version": 7}');
    assert.equal((await thrownBy(inference.ready("scale"))).code, "model-version-not-found");
  });

  it("goes on serving while the bucket cannot be read", async () => {
    await publishModel(engines.store, scaleModel(1));
    let isBroken = false;
    const flaky: ObjectStore = {
      ...engines.store,
      get: (key) => (isBroken ? Promise.reject(new Error("the disk is gone")) : engines.store.get(key)),
    };
    const inference = engines.start({ store: flaky, pointerCheckSeconds: 0.005 });
    assert.equal(await answerOf(inference, "scale"), 1);
    isBroken = true;
    await inference.ready("scale");
    for (let count = 0; count < 100; count += 1) assert.equal(await answerOf(inference, "scale"), 1);
    assert.match(
      (await thrownBy(inference.infer("other", undefined, row(1, 1)))).message,
      /the disk is gone/,
    );
  });
});
