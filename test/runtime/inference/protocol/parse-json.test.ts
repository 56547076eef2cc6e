import assert from "node:assert/strict";
import { ApiError } from "../../../../runtime/errors.ts";
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

  it("keeps whole numbers exact where it is asked to", () => {
    const text =
      "[9007199254740993, -9223372036854775808, 18446744073709551615, 1, 1.5, 1e300, 0.12345678901234568]";
    assert.deepEqual(parseJson(Buffer.from(text), { exactIntegers: true }), [
      9007199254740993n,
      -9223372036854775808n,
      18446744073709551615n,
      1,
      1.5,
      1e300,
      0.12345678901234568,
    ]);
    assert.deepEqual(parseJson(Buffer.from("[9007199254740993]")), [9007199254740992]);
    const digits = "9".repeat(1_000_000);
    assert.deepEqual(parseJson(Buffer.from(`[${digits}]`), { exactIntegers: true }), [
      Number.POSITIVE_INFINITY,
    ]);
  });

  it("refuses what is too deep to be kept exact", () => {
    const deep = `[${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}, 9007199254740993]`;
    assert.throws(() => parseJson(Buffer.from(deep), { exactIntegers: true }), {
      code: "invalid-json",
      status: 400,
    });
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
