import assert from "node:assert/strict";
import { datatypes, type Tensor } from "../../../../runtime/inference/datatypes.ts";
import type { Datatype } from "../../../../runtime/inference/inference.ts";
import { batchKey, concatenate, split } from "../../../../runtime/inference/scheduling/batch-tensors.ts";

describe("batch tensors", () => {
  const x = (shape: number[], ...data: number[]): Tensor => ({
    name: "x",
    datatype: "FP32",
    shape,
    data: Float32Array.from(data),
  });

  it("puts requests together along the first dimension and takes the results apart, in each datatype", () => {
    for (const datatype of Object.keys(datatypes) as Datatype[]) {
      const make = (rows: number): Tensor => {
        const data = datatypes[datatype].allocate(rows * 2);
        return { name: "x", datatype, shape: [rows, 2], data };
      };
      const requests = [1, 3, 2].map((rows) => [make(rows)]);
      const [whole] = concatenate(requests, undefined);
      assert.deepEqual([whole?.datatype, whole?.shape, whole?.data.length], [datatype, [6, 2], 12]);
      const parts = split([whole as Tensor], requests, undefined);
      assert.deepEqual(parts, requests);
    }
  });

  it("puts them into the memory that it is given, over what another batch left there", () => {
    const memory = new Uint8Array(20).fill(255);
    const taken: number[] = [];
    const [whole] = concatenate([[x([1, 2], 1, 2)], [x([1, 2], 3, 4)]], undefined, (byteLength) => {
      taken.push(byteLength);
      return memory.buffer;
    });
    assert.deepEqual(taken, [16]);
    const data = whole?.data as Float32Array;
    assert.deepEqual([data.buffer === memory.buffer, [...data]], [true, [1, 2, 3, 4]]);
    assert.deepEqual([...memory.subarray(16)], [255, 255, 255, 255]);
  });

  it("finds inputs by their names, whatever their order", () => {
    const y = (value: string): Tensor => ({ name: "y", datatype: "BYTES", shape: [1], data: [value] });
    const first = [x([1, 1], 1), y("a")];
    const second = [y("b"), x([1, 1], 2)];
    assert.equal(batchKey(first, ["o"], undefined), batchKey(second, ["o"], undefined));
    assert.deepEqual(
      concatenate([first, second], undefined).map(({ name, data }) => [name, [...data]]),
      [
        ["x", [1, 2]],
        ["y", ["a", "b"]],
      ],
    );
  });

  it("keeps apart what differs in the shape of a row, the datatype or the outputs wanted", () => {
    const keys = [
      batchKey([x([1, 2])], ["o"], undefined),
      batchKey([x([1, 3])], ["o"], undefined),
      batchKey([x([1, 2, 1])], ["o"], undefined),
      batchKey([x([1, 2])], ["p"], undefined),
      batchKey([x([1, 2])], ["o", "p"], undefined),
      batchKey([{ ...x([1, 2]), datatype: "FP64" }], ["o"], undefined),
    ];
    assert.equal(new Set(keys).size, keys.length);
    assert.equal(batchKey([x([7, 2])], ["o"], undefined), keys[0]);
  });

  it("fills shorter requests up to the longest, and cuts their outputs to their own length", () => {
    const padding = { axis: 1, inputs: { x: -1 }, outputs: ["y"] };
    const requests = [[x([1, 2], 1, 2)], [x([2, 3], 3, 4, 5, 6, 7, 8)]];
    const [short, long] = requests as [Tensor[], Tensor[]];
    assert.equal(batchKey(short, [], padding), batchKey(long, [], padding));
    const [whole] = concatenate(requests, padding) as [Tensor];
    assert.deepEqual(whole.shape, [3, 3]);
    assert.deepEqual([...whole.data], [1, 2, -1, 3, 4, 5, 6, 7, 8]);
    const pooled: Tensor = {
      name: "pooled",
      datatype: "FP32",
      shape: [3, 1],
      data: Float32Array.of(10, 20, 30),
    };
    const parts = split([{ ...whole, name: "y" }, pooled], requests, padding);
    assert.deepEqual(
      parts?.map((outputs) => outputs.map(({ shape, data }) => [shape, [...data]])),
      [
        [
          [
            [1, 2],
            [1, 2],
          ],
          [[1, 1], [10]],
        ],
        [
          [
            [2, 3],
            [3, 4, 5, 6, 7, 8],
          ],
          [
            [2, 1],
            [20, 30],
          ],
        ],
      ],
    );
  });

  it("pads a dimension inside others, with elements of the input's own datatype", () => {
    const ids = (length: number, value: bigint): Tensor => ({
      name: "x",
      datatype: "INT64",
      shape: [1, 2, length, 1],
      data: new BigInt64Array(2 * length).fill(value),
    });
    const [whole] = concatenate([[ids(1, 5n)], [ids(2, 6n)]], { axis: 2, inputs: { x: 9 } }) as [Tensor];
    assert.deepEqual(whole.shape, [2, 2, 2, 1]);
    assert.deepEqual([...whole.data], [5n, 9n, 5n, 9n, 6n, 6n, 6n, 6n]);
    const half: Tensor = { name: "x", datatype: "FP16", shape: [1, 1], data: Uint16Array.of(0x4000) };
    const twice: Tensor = { ...half, shape: [1, 2], data: Uint16Array.of(0x4000, 0x4000) };
    const [filled] = concatenate([[half], [twice]], { axis: 1, inputs: { x: 1 } }) as [Tensor];
    assert.deepEqual([...filled.data], [0x4000, 0x3c00, 0x4000, 0x4000]);
  });

  it("does not take apart what does not have the batch's rows", () => {
    assert.equal(split([x([1, 2], 1, 2)], [[x([1, 2])], [x([1, 2])]], undefined), undefined);
  });
});
