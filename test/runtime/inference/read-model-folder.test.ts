import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publishModel } from "../../../runtime/inference/publish-model.ts";
import { readModelFolder } from "../../../runtime/inference/read-model-folder.ts";
import { encodeModel } from "../../../runtime/learning/onnx/encode-model.ts";
import { useEngines } from "./engine-fixture.ts";
import { tensor } from "./models.ts";
import { wordPieceFile } from "./preprocessing/tokenizer-files.ts";
import { thrownBy } from "./thrown-by.ts";

/** y = input_ids · attention_mask. */
function tokenGraph(extra: { name: string; datatype: "FP32"; shape: number[] }[] = []): Uint8Array {
  const input = (name: string) => ({ name, datatype: "INT64" as const, shape: [-1, -1] });
  return encodeModel({
    name: "tokens",
    inputs: [input("input_ids"), input("attention_mask"), ...extra],
    outputs: [{ name: "y", datatype: "INT64", shape: [-1, -1] }],
    nodes: [{ operator: "Mul", inputs: ["input_ids", "attention_mask"], outputs: ["y"] }],
  });
}

describe("folder of a model with a tokenizer.json", () => {
  const engines = useEngines();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "skyloom-folder-"));
    writeFileSync(join(folder, "tokenizer.json"), wordPieceFile());
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is a model that takes texts, where the graph takes tokens", async () => {
    writeFileSync(join(folder, "model.onnx"), tokenGraph());
    await publishModel(engines.store, await readModelFolder(folder, "texts"));
    const inference = engines.start();
    assert.deepEqual((await inference.metadata("texts")).inputs, [
      { name: "text", datatype: "BYTES", shape: [-1] },
    ]);
    const inputs = [tensor("text", "BYTES", [2], ["the pool", "full"])];
    const { outputs } = await inference.infer("texts", undefined, { inputs });
    assert.deepEqual(outputs[0]?.shape, [2, 4]);
    assert.deepEqual(outputs[0]?.data, [2, 4, 5, 3, 2, 10, 3, 0]);
  });

  it("is what it was, where the graph takes something else as well", async () => {
    const image = { name: "image", datatype: "FP32" as const, shape: [-1, 3] };
    writeFileSync(join(folder, "model.onnx"), tokenGraph([image]));
    const { inputs, preprocessing } = await readModelFolder(folder, "texts");
    assert.deepEqual(
      [inputs.map(({ name }) => name), preprocessing],
      [["input_ids", "attention_mask", "image"], undefined],
    );
  });

  it("is refused without the file that its step names, and not served with one that is no tokenizer", async () => {
    writeFileSync(join(folder, "model.onnx"), tokenGraph());
    const model = await readModelFolder(folder, "texts");
    const { "tokenizer.json": _file, ...files } = model.files;
    const refused = await thrownBy(publishModel(engines.store, { ...model, files }));
    assert.match(refused.message, /tokenizer\.json is none of the files/);
    await publishModel(engines.store, { ...model, files: { ...files, "tokenizer.json": Buffer.from("{}") } });
    const error = await thrownBy(engines.start().ready("texts"));
    assert.match(error.message, /tokenizer\.json is no tokenizer/);
  });
});
