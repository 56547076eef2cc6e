import assert from "node:assert/strict";
import { createReusedMemory } from "../../../runtime/inference/reused-memory.ts";

const MEBIBYTE = 1024 * 1024;

describe("createReusedMemory", () => {
  it("takes again what was given back, where it is large enough and not twice as large", () => {
    const memory = createReusedMemory();
    const first = memory.take(100);
    assert.equal(first.byteLength, 100);
    memory.giveBack([first]);
    for (const other of [101, 50]) assert.notEqual(memory.take(other), first);
    assert.equal(memory.take(51), first);
    assert.notEqual(memory.take(51), first, "it is in use");
  });

  it("keeps 8 MiB at most, those that were given back last", () => {
    const memory = createReusedMemory();
    const sizes = [3, 3, 3, 9].map((size) => memory.take(size * MEBIBYTE));
    const [first, second, third, large] = sizes as [ArrayBuffer, ArrayBuffer, ArrayBuffer, ArrayBuffer];
    memory.giveBack([first]);
    memory.giveBack([second, third]);
    assert.equal(memory.take(3 * MEBIBYTE), third);
    assert.equal(memory.take(3 * MEBIBYTE), second);
    assert.notEqual(memory.take(3 * MEBIBYTE), first);
    memory.giveBack([large]);
    assert.notEqual(memory.take(9 * MEBIBYTE), large);
  });
});
