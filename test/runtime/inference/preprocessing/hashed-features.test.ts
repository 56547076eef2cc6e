import assert from "node:assert/strict";
import { hashedFeatures } from "../../../../runtime/inference/preprocessing/hashed-features.ts";
import { murmurHash3 } from "../../../../runtime/inference/preprocessing/murmur-hash.ts";

const words = { size: 256, wordNgrams: [1, 1], characterNgrams: [0, 0] } as {
  size: number;
  wordNgrams: [number, number];
  characterNgrams: [number, number];
};
const all = { ...words, wordNgrams: [1, 2] as [number, number], characterNgrams: [3, 5] as [number, number] };

const similarity = (one: Float32Array, other: Float32Array) =>
  one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);

describe("murmurHash3", () => {
  it("gives the published values of MurmurHash3_x86_32", () => {
    assert.equal(murmurHash3(""), 0);
    assert.equal(murmurHash3("", 1), 0x514e28b7);
    assert.equal(murmurHash3("a"), 0x3c2569b2);
    assert.equal(murmurHash3("Hello, world!", 0x9747b28c), 0x24884cba);
    assert.equal(murmurHash3("The quick brown fox jumps over the lazy dog", 0x9747b28c), 0x2fa826cd);
    assert.equal(murmurHash3("ππππππππ", 0x9747b28c), 0xd58063c1);
  });
});

describe("hashedFeatures", () => {
  it("is a vector of the asked size and of length 1", () => {
    const vector = hashedFeatures("heap space exhausted", all);
    assert.equal(vector.length, 256);
    assert.ok(Math.abs(similarity(vector, vector) - 1) < 1e-6);
  });

  it("puts one word where its hash says, with the sign of the highest bit", () => {
    const hash = murmurHash3("w heap");
    const vector = hashedFeatures("heap", words);
    const expected = new Float32Array(256);
    expected[(hash & 0x7fffffff) % 256] = hash >>> 31 === 0 ? 1 : -1;
    assert.deepEqual(vector, expected);
  });

  it("does not see case, camelCase, punctuation and which numbers there are", () => {
    assert.deepEqual(
      hashedFeatures("PoolTimeout: waited 31 ms", all),
      hashedFeatures("pool timeout -- waited 4711 (ms)", all),
    );
  });

  it("takes words of one line together only", () => {
    assert.notDeepEqual(hashedFeatures("disk full", all), hashedFeatures("disk\nfull", all));
    assert.deepEqual(hashedFeatures("disk full", words), hashedFeatures("disk\nfull", words));
  });

  it("finds forms of one word alike by their characters", () => {
    const one = hashedFeatures("allocation", all);
    assert.ok(similarity(one, hashedFeatures("allocating", all)) > 0.4);
    assert.ok(Math.abs(similarity(one, hashedFeatures("timeout", all))) < 0.2);
  });

  it("is zero for a text without words", () => {
    assert.deepEqual(hashedFeatures(" \n --- ", all), new Float32Array(256));
    assert.deepEqual(hashedFeatures("", all), new Float32Array(256));
  });
});
