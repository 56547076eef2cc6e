import assert from "node:assert/strict";
import type { Datatype } from "../../../runtime/inference/inference.ts";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import { hashedFeatures } from "../../../runtime/inference/preprocessing/hashed-features.ts";
import { useEngines } from "./engine-fixture.ts";
import {
  classifierModel,
  externalDataModel,
  identityModel,
  row,
  scaleModel,
  tensor,
  textModel,
} from "./models.ts";

describe("inference engine: tensors", () => {
  const engines = useEngines();

  const cases: Record<Datatype, unknown[]> = {
    BOOL: [true, false],
    UINT8: [0, 255],
    UINT16: [0, 65_535],
    UINT32: [0, 4_294_967_295],
    UINT64: [1, "18446744073709551615"],
    INT8: [-128, 127],
    INT16: [-32_768, 32_767],
    INT32: [-2_147_483_648, 2_147_483_647],
    INT64: [-9007199254740991, "-9223372036854775808"],
    FP16: [-1.5, 65_504],
    FP32: [0.5, -3.25],
    FP64: [0.1, 1e300],
    BYTES: ["", "äöü 😀 \n"],
  };
  for (const [datatype, data] of Object.entries(cases) as [Datatype, unknown[]][])
    it(`carries ${datatype} through a session unchanged`, async () => {
      await publishModel(engines.store, identityModel(datatype));
      const request = { id: "r-1", inputs: [tensor("x", datatype, [2, 2], [data, [...data].reverse()])] };
      assert.deepEqual(await engines.start().infer(`identity-${datatype}`, undefined, request), {
        id: "r-1",
        model_name: `identity-${datatype}`,
        model_version: "1",
        outputs: [tensor("y", datatype, [2, 2], [...data, ...[...data].reverse()])],
      });
    });

  it("computes a product, gives each row its best label, and only the outputs asked for", async () => {
    await publishModel(engines.store, classifierModel());
    const inference = engines.start();
    const x = tensor(
      "x",
      "FP32",
      [3, 2],
      [
        [2, 1],
        [1, 2],
        [-1, -1],
      ],
    );
    const all = await inference.infer("classifier", undefined, { inputs: [x] });
    assert.deepEqual(all.outputs, [
      {
        ...tensor("scores", "FP32", [3, 3], [2, 1, -3, 1, 2, -3, -1, -1, 2]),
        parameters: { labels: ["first", "second", "neither"] },
      },
      tensor("sum", "FP32", [3, 1], [3, 3, -2]),
    ]);
    const one = await inference.infer("classifier", "1", { inputs: [x], outputs: [{ name: "sum" }] });
    assert.deepEqual(one.outputs, [tensor("sum", "FP32", [3, 1], [3, 3, -2])]);
  });

  it("gives a graph the data that it keeps in other files", async () => {
    await publishModel(engines.store, externalDataModel());
    const { outputs } = await engines.start().infer("external", undefined, row(1, 10));
    assert.deepEqual(outputs[0]?.data, [4, 50]);
  });

  it("turns texts into features in the worker", async () => {
    const model = textModel();
    await publishModel(engines.store, model);
    const texts = ["disk is full", "", "Pool timeout 31"];
    const { outputs } = await engines.start().infer("texts", undefined, {
      inputs: [tensor("text", "BYTES", [3], texts)],
    });
    const [step] = model.preprocessing ?? [];
    assert.ok(step?.type === "hashed-features");
    assert.deepEqual(outputs[0]?.shape, [3, 8]);
    assert.deepEqual(
      outputs[0]?.data,
      texts.flatMap((text) => [...hashedFeatures(text, step)]),
    );
  });

  it("tells NaN and infinity as text and gives such a row no label", async () => {
    const inference = engines.start();
    await publishModel(engines.store, classifierModel());
    const x = tensor("x", "FP32", [1, 2], [3e38, 3e38]);
    const { outputs } = await inference.infer("classifier", undefined, { inputs: [x] });
    assert.deepEqual(outputs[0]?.data, [Math.fround(3e38), Math.fround(3e38), "-Infinity"]);
    assert.deepEqual(outputs[1]?.data, ["Infinity"]);
    await publishModel(engines.store, scaleModel(Number.POSITIVE_INFINITY));
    const nan = await inference.infer("scale", undefined, row(0, 1));
    assert.deepEqual(nan.outputs[0]?.data, ["NaN", "Infinity"]);
    await publishModel(engines.store, { ...scaleModel(Number.POSITIVE_INFINITY), labels: { y: ["a", "b"] } });
    await inference.ready("scale");
    const labelled = await inference.infer("scale", undefined, {
      inputs: [tensor("x", "FP32", [2, 2], [0, 1, 2, -1])],
    });
    assert.deepEqual(labelled.outputs[0]?.parameters, { labels: [null, "a"] });
  });
});
