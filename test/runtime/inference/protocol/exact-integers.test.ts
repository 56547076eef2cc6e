import assert from "node:assert/strict";
import { exactInteger, markLongIntegers } from "../../../../runtime/inference/protocol/exact-integers.ts";

/** The values of a JSON array, with bigints for the exact ones. */
const read = (text: string) =>
  (JSON.parse(markLongIntegers(text)) as unknown[]).map((value) => exactInteger(value) ?? value);

describe("exact integers", () => {
  it("keeps all digits of long whole numbers, wherever they stand", () => {
    assert.deepEqual(read("[9007199254740993,-9223372036854775808, 18446744073709551615 ,1,-2]"), [
      9007199254740993n,
      -9223372036854775808n,
      18446744073709551615n,
      1,
      -2,
    ]);
    assert.deepEqual(JSON.parse(markLongIntegers('{"a":9007199254740993}')), {
      a: "\0" + "9007199254740993",
    });
    assert.equal(exactInteger(JSON.parse(markLongIntegers("9007199254740993"))), 9007199254740993n);
  });

  it("leaves other numbers as they are", () => {
    const numbers = "[0.1234567890123456,1234567890123456.5,1234567890123456e3,1e-12,1e300,123456789012345]";
    assert.deepEqual(read(numbers), JSON.parse(numbers));
    const exponent = `[1e-${"1".repeat(16)}, 1E+${"0".repeat(16)}]`;
    assert.deepEqual(read(exponent), [0, 1]);
    assert.deepEqual(read(`[${"9".repeat(30)}]`), [1e30]);
    assert.deepEqual(read(`[${"9".repeat(1_000_000)}]`), [Number.POSITIVE_INFINITY]);
  });

  it("leaves texts as they are, whatever is in them", () => {
    const texts = [
      "1234567890123456",
      ",1234567890123456,",
      '\\", 1234567890123456',
      '"1234567890123456"',
      "\\",
      '\\\\"[1234567890123456',
      "",
    ];
    assert.deepEqual(read(JSON.stringify([...texts, 1])), [...texts, 1]);
    for (const text of texts) assert.equal(exactInteger(text), undefined);
  });

  it("keeps what is no JSON from becoming some", () => {
    for (const text of [
      "[01234567890123456x]",
      '["1234567890123456',
      "[1234567890123456 1]",
      "[--1234567890123456]",
    ])
      assert.throws(() => JSON.parse(markLongIntegers(text)), SyntaxError, text);
  });

  it("takes very many numbers and very long texts within the test's time", () => {
    const numbers = `[${"1,".repeat(4_000_000)}9007199254740993]`;
    const backslashes = JSON.stringify(["\\".repeat(2_000_000), 1]).replace("1]", "9007199254740993]");
    for (const text of [numbers, backslashes]) {
      const marked = JSON.parse(markLongIntegers(text));
      assert.equal(marked.length, JSON.parse(text).length);
      assert.match(JSON.stringify(marked.at(-1)), /9007199254740993/);
    }
  });
});
