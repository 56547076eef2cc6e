import assert from "node:assert/strict";
import { ApiError } from "../../../../runtime/errors.ts";
import type { Datatype } from "../../../../runtime/inference/inference.ts";
import { decodeRawRequest } from "../../../../runtime/inference/protocol/decode-raw-request.ts";

const modelOf = (datatype: Datatype, shape: number[]) => ({
  inputs: [{ name: "x", datatype, shape }],
  outputs: [{ name: "y", datatype, shape }],
});

function messageOf(body: Uint8Array, model: Parameters<typeof decodeRawRequest>[1]): string {
  try {
    decodeRawRequest(body, model);
  } catch (error) {
    assert.ok(error instanceof ApiError);
    assert.deepEqual([error.status, error.code], [400, "invalid-request"]);
    return error.message;
  }
  throw new Error("the body was accepted");
}

describe("decodeRawRequest", () => {
  it("finds the shape from the number of bytes, and wants the outputs in binary form", () => {
    const cases: [number[], number, number[]][] = [
      [[2, 3], 24, [2, 3]],
      [[-1, 3], 36, [3, 3]],
      [[-1], 8, [2]],
      [[-1, 2, -1], 40, [1, 2, 5]],
      [[], 4, []],
    ];
    for (const [shape, bytes, expected] of cases) {
      const decoded = decodeRawRequest(new Uint8Array(bytes), modelOf("FP32", shape));
      assert.deepEqual(decoded.inputs[0]?.shape, expected);
      assert.equal(decoded.inputs[0]?.data.length, bytes / 4);
      assert.deepEqual([...decoded.forms], [["y", { isBinary: true }]]);
    }
  });

  it("takes a single text as it is", () => {
    for (const shape of [[-1], [1], [-1, 1], [-1, -1]])
      assert.deepEqual(decodeRawRequest(Buffer.from("whole text"), modelOf("BYTES", shape)).inputs[0], {
        name: "x",
        datatype: "BYTES",
        shape: shape.map(() => 1),
        data: ["whole text"],
      });
    assert.match(messageOf(Buffer.from("a\0b"), modelOf("BYTES", [-1])), /NUL/);
    assert.match(messageOf(Buffer.from("a"), modelOf("BYTES", [-1, 2])), /more than a single text/);
  });

  it("refuses what does not fit, and models that need to be told more", () => {
    assert.match(messageOf(new Uint8Array(7), modelOf("FP32", [-1, 2])), /a multiple of 8 bytes, not 7/);
    assert.match(messageOf(new Uint8Array(0), modelOf("FP32", [-1, 2])), /a multiple of 8 bytes, not 0/);
    assert.match(
      messageOf(new Uint8Array(9), modelOf("FP32", [2])),
      /is 9 bytes, FP32 of shape \[2\] needs 8/,
    );
    assert.match(messageOf(new Uint8Array(8), modelOf("FP32", [-1, -1, -1])), /more than one open dimension/);
    const two = {
      ...modelOf("FP32", [1]),
      inputs: [...modelOf("FP32", [1]).inputs, { name: "z", datatype: "FP32" as const, shape: [1] }],
    };
    assert.match(messageOf(new Uint8Array(8), two), /needs a model with one input, this one has "x", "z"/);
  });
});
