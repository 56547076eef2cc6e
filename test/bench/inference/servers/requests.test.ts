import assert from "node:assert/strict";
import { tinyModel } from "../../../../bench/inference/models/tiny.ts";
import { openInference } from "../../../../bench/inference/servers/open-inference.ts";
import { nested, plainTensor } from "../../../../bench/inference/servers/plain-tensor.ts";

describe("requests to the measured servers", () => {
  const model = tinyModel();

  it("carry a binary tensor after the JSON whose length the header tells", () => {
    const { request } = openInference(model, "binary");
    const length = Number(request.headers["inference-header-content-length"]);
    const json = JSON.parse(request.body.toString("utf8", 0, length));
    assert.deepEqual(json.inputs, [
      { name: "features", datatype: "FP32", shape: [1, 16], parameters: { binary_data_size: 64 } },
    ]);
    const tensor = new Float32Array(Uint8Array.from(request.body.subarray(length)).buffer);
    assert.deepEqual(tensor, model.sample);
  });

  it("are read back: JSON, and binary after the header's length", () => {
    const json = openInference(model, "json");
    const body = Buffer.from(JSON.stringify({ outputs: [{ data: [[0.5, 0.25]] }] }));
    assert.deepEqual(json.readAnswer(new Headers(), body), [0.5, 0.25]);
    const tensor = Buffer.from(Float32Array.of(0.5, 0.25).buffer);
    const headers = new Headers({ "Inference-Header-Content-Length": "2" });
    const binary = openInference(model, "binary");
    assert.deepEqual(binary.readAnswer(headers, Buffer.concat([Buffer.from("{}"), tensor])), [0.5, 0.25]);
    assert.throws(() => binary.readAnswer(new Headers(), tensor), /inference-header-content-length/);
  });

  it("have rows of rows for servers without a protocol", () => {
    assert.deepEqual(nested([1, 2, 3, 4], [1, 2, 2]), [
      [
        [1, 2],
        [3, 4],
      ],
    ]);
    const { inputs } = JSON.parse(plainTensor(model, "json").request.body.toString("utf8"));
    assert.deepEqual(Float32Array.from(inputs[0]), model.sample);
  });
});
