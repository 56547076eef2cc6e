import assert from "node:assert/strict";
import { ApiError } from "../../../../runtime/errors.ts";
import { exactInteger } from "../../../../runtime/inference/protocol/exact-integers.ts";
import { parseJson } from "../../../../runtime/inference/protocol/parse-json.ts";

function messageOf(text: string | Uint8Array): string {
  try {
    parseJson(typeof text === "string" ? Buffer.from(text) : text);
  } catch (error) {
    assert.ok(error instanceof ApiError);
    assert.deepEqual([error.status, error.code], [400, "invalid-json"]);
    return error.message;
  }
  throw new Error("the text was accepted");
}

describe("parseJson", () => {
  it("reads JSON, with and without a byte order mark", () => {
    assert.deepEqual(parseJson(Buffer.from('{"a":[1,"é"]}')), { a: [1, "é"] });
    assert.deepEqual(parseJson(Buffer.from("\ufeff[1]")), [1]);
  });

  it("names the position of the mistake, whatever it is", () => {
    const cases: [string, number][] = [
      ['{"a": x}', 6],
      ['{"a": 1,}', 8],
      ['{"a": 1 "b": 2}', 8],
      ['{"inputs": [1, 2', 16],
      ['{"a": NaN}', 6],
      ['["a\u0001b"]', 3],
      ["[1] 2", 4],
      [`[${"1,".repeat(2000)}x]`, 4001],
      ["]", 0],
      ["tru", 3],
    ];
    for (const [text, position] of cases)
      assert.match(messageOf(text), new RegExp(`position ${position}\\b`), text.slice(0, 40));
  });

  it("marks long whole numbers where it is asked to, so that none is rounded", () => {
    const text = "[9007199254740993, 1.5]";
    const [marked, plain] = parseJson(Buffer.from(text), { exactIntegers: true }) as unknown[];
    assert.equal(exactInteger(marked), 9007199254740993n);
    assert.equal(plain, 1.5);
    assert.deepEqual(parseJson(Buffer.from(text)), [9007199254740992, 1.5]);
  });

  it("refuses nothing at all, and what is no UTF-8", () => {
    assert.match(messageOf(""), /empty/);
    assert.match(messageOf(" \n"), /empty/);
    assert.match(messageOf(Uint8Array.of(0x22, 0xff, 0x22)), /UTF-8/);
  });

  it("survives millions of brackets", () => {
    assert.match(messageOf("[".repeat(5_000_000)), /end of JSON input/);
  });
});
