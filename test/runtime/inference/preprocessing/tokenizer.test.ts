import assert from "node:assert/strict";
import {
  createTokenizer,
  type TokenizerStep,
} from "../../../../runtime/inference/preprocessing/tokenizer.ts";
import { bytePairFile, wordPieceFile } from "./tokenizer-files.ts";

const outputs = { inputIds: "ids", attentionMask: "mask", tokenTypeIds: "types" };

/** Rows of each output, by its name. */
function tokenized(texts: string[], change: Partial<TokenizerStep> = {}, file = wordPieceFile()) {
  const step: TokenizerStep = { type: "tokenizer", input: "text", outputs, ...change };
  const made = createTokenizer(
    step,
    file,
  )({
    name: "text",
    datatype: "BYTES",
    shape: [texts.length],
    data: texts,
  });
  return Object.fromEntries(
    made.map(({ name, shape, data }) => {
      const [rows = 0, length = 0] = shape;
      const numbers = Array.from(data as BigInt64Array, Number);
      return [
        name,
        Array.from({ length: rows }, (_, row) => numbers.slice(row * length, (row + 1) * length)),
      ];
    }),
  );
}

describe("tokenizer preprocessing", () => {
  // The numbers are those of the Python package tokenizers 0.22 for the same files.
  it("gives the numbers that Hugging Face's tokenizers give", () => {
    const numbers: Record<string, number[]> = {
      "The pools time  out!": [2, 4, 5, 6, 7, 1, 11, 3],
      "timeout is full": [2, 7, 8, 9, 10, 3],
      Pöol: [2, 5, 3],
      "": [2, 3],
    };
    for (const [text, ids] of Object.entries(numbers))
      assert.deepEqual(tokenized([text]), {
        ids: [ids],
        mask: [ids.map(() => 1)],
        types: [ids.map(() => 0)],
      });
    assert.deepEqual(tokenized(["low lowlow"], {}, bytePairFile()).ids, [[5, 6, 5]]);
  });

  it("cuts texts that are too long, and keeps the special tokens", () => {
    assert.deepEqual(tokenized(["the pool is full !"], { maximumLength: 4 }).ids, [[2, 4, 5, 3]]);
    assert.deepEqual(tokenized(["the pool"], { maximumLength: 1 }).ids, [[2]]);
    const file = wordPieceFile({ truncation: { max_length: 5, strategy: "LongestFirst", stride: 0 } });
    assert.deepEqual(tokenized(["the pool is full !"], {}, file).ids, [[2, 4, 5, 9, 3]]);
    const long = tokenized(["the ".repeat(1000)]).ids?.[0];
    assert.deepEqual([long?.length, long?.at(-1)], [512, 3]);
  });

  it("fills rows up to the longest, or to the maximum length", () => {
    const longest = tokenized(["the pool", "full"]);
    assert.deepEqual(longest.ids, [
      [2, 4, 5, 3],
      [2, 10, 3, 0],
    ]);
    assert.deepEqual(longest.mask, [
      [1, 1, 1, 1],
      [1, 1, 1, 0],
    ]);
    const maximum = tokenized(["full"], { padding: "maximum", maximumLength: 5, paddingId: 9 });
    assert.deepEqual(maximum.ids, [[2, 10, 3, 9, 9]]);
    const padding = {
      strategy: "BatchLongest",
      direction: "Left",
      pad_id: 1,
      pad_type_id: 2,
      pad_token: "[UNK]",
    };
    assert.deepEqual(tokenized(["the pool", "full"], {}, wordPieceFile({ padding })), {
      ids: [
        [2, 4, 5, 3],
        [1, 2, 10, 3],
      ],
      mask: [
        [1, 1, 1, 1],
        [0, 1, 1, 1],
      ],
      types: [
        [0, 0, 0, 0],
        [2, 0, 0, 0],
      ],
    });
  });

  it("makes what has a name, in the datatype that the graph wants", () => {
    const step: TokenizerStep = {
      type: "tokenizer",
      input: "text",
      outputs: { inputIds: "ids" },
      datatype: "INT32",
    };
    const made = createTokenizer(
      step,
      wordPieceFile(),
    )({
      name: "text",
      datatype: "BYTES",
      shape: [1],
      data: ["the"],
    });
    assert.deepEqual(made, [{ name: "ids", datatype: "INT32", shape: [1, 3], data: Int32Array.of(2, 4, 3) }]);
  });

  it("says which file is no tokenizer", () => {
    const step: TokenizerStep = { type: "tokenizer", input: "text", outputs, file: "words.json" };
    for (const content of ["{", "{}"])
      assert.throws(() => createTokenizer(step, Buffer.from(content)), {
        code: "model-unavailable",
        message: /^words\.json is no tokenizer: /,
      });
  });
});
