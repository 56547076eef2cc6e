import assert from "node:assert/strict";
import { createMasking } from "../../../runtime/workflows/masking.ts";

function streamed(values: string[], chunks: Buffer[]): string {
  const stream = createMasking(values).stream();
  const parts = chunks.map((chunk) => stream.append(chunk));
  return Buffer.concat([...parts, stream.end()]).toString();
}

const chunksOf = (text: string, bytes: number) => {
  const all = Buffer.from(text);
  return Array.from({ length: Math.ceil(all.length / bytes) }, (_, index) =>
    all.subarray(index * bytes, (index + 1) * bytes),
  );
};

describe("masking", () => {
  const key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nshort\n-----END KEY-----";
  for (const [what, values, text, expected] of [
    ["a value, as often as it stands there", ["hunter2"], "a hunter2 hunter2b", "a *** ***b"],
    ["values beside each other one by one", ["abcd"], "abcdabcd", "******"],
    ["values that overlap as one", ["abcd", "cdef"], "-abcdef-", "-***-"],
    ["a value that begins within itself", ["abab"], "-ababab-ab", "-***-ab"],
    ["a value that repeats one character", ["aaaa"], `${"a".repeat(100)}-aaa`, "***-aaa"],
    [
      "the longest of values that begin alike",
      ["token", "token-more"],
      "token-more token-mor",
      "*** ***-mor",
    ],
    ["a value within another", ["inner", "an inner value"], "an inner value, inner", "***, ***"],
    ["characters of several bytes", ["pässwört🌍"], "x pässwört🌍 y pässwört", "x *** y pässwört"],
    ["a value of several lines", ["line\nof\ntext"], "a line\nof\ntext b line\nof", "a *** b line\nof"],
    ["each longer line of a value", [key], "> MIIEvQIBADANBgkq\n> short\n", "> ***\n> short\n"],
    ["a value as JSON writes it", ['a"b\\c\nd'], JSON.stringify({ key: 'a"b\\c\nd' }), '{"key":"***"}'],
    ["nothing where there are no values", [], "hunter2", "hunter2"],
    ["nothing that only begins as a value", ["hunter2"], "hunter hunte", "hunter hunte"],
  ] as [string, string[], string, string][]) {
    it(`masks ${what}`, () => {
      assert.equal(createMasking(values).text(text), expected);
    });
    it(`masks ${what}, wherever a stream is cut`, () => {
      for (let bytes = 1; bytes <= Buffer.byteLength(text); bytes += 1)
        assert.equal(streamed(values, chunksOf(text, bytes)), expected, `chunks of ${bytes} bytes`);
    });
  }

  it("masks the same in chunks of any size as in one", () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    const word = (length: number) => Array.from({ length }, () => "ab"[random(2)]).join("");
    for (let round = 0; round < 300; round += 1) {
      const values = Array.from({ length: 1 + random(3) }, () => word(4 + random(5)));
      const text = word(80);
      const whole = createMasking(values).text(text);
      const chunks: Buffer[] = [];
      for (let at = 0; at < text.length; ) {
        const length = 1 + random(9);
        chunks.push(Buffer.from(text.slice(at, at + length)));
        at += length;
      }
      assert.equal(streamed(values, chunks), whole);
      for (const value of values) assert(!whole.includes(value), `${value} is in ${whole}`);
    }
  });

  it("passes on at once what cannot be a part of a value, and keeps back no more than one", () => {
    const stream = createMasking(["hunter2"]).stream();
    assert.equal(stream.append(Buffer.from("ready\n")).toString(), "ready\n");
    assert.equal(stream.append(Buffer.from("password: hunt")).toString(), "password: ");
    assert.equal(stream.append(Buffer.from("ing")).toString(), "hunting");
    assert.equal(stream.end().toString(), "");
  });

  it("masks strings, keys, numbers and words of JSON, and leaves the rest as it is", () => {
    const masking = createMasking(["hunter2", "12345", "true"]);
    const value = { a: ["x hunter2"], hunter2: { n: 12345, m: 123, t: true, f: false }, z: null };
    assert.deepEqual(masking.json(value), {
      a: ["x ***"],
      "***": { n: "***", m: 123, t: "***", f: false },
      z: null,
    });
  });

  it("takes large output, and loses none of it", () => {
    const values = Array.from({ length: 20 }, (_, index) => `secret-value-number-${index}`);
    const stream = createMasking(values).stream();
    const chunk = Buffer.from("some line of a log that is not short\n".repeat(1800));
    let bytes = 0;
    for (let round = 0; round < 300; round += 1) bytes += stream.append(chunk).length;
    bytes += stream.end().length;
    assert.equal(bytes, 300 * chunk.length);
  });
});
