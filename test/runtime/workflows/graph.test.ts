import assert from "node:assert/strict";
import { ancestors, topologicalOrder } from "../../../runtime/workflows/graph.ts";

describe("graph", () => {
  it("orders tasks after those they depend on, otherwise as declared", () => {
    assert.deepEqual(topologicalOrder({ c: ["b"], a: [], b: ["a"], d: [] }), { order: ["a", "b", "c", "d"] });
  });
  it("returns the path of a cycle", () => {
    assert.deepEqual(topologicalOrder({ x: ["a"], a: ["b"], b: ["c"], c: ["a"] }), {
      cycle: ["a", "b", "c", "a"],
    });
  });
  it("sees a task that waits for itself", () => {
    assert.deepEqual(topologicalOrder({ a: ["a"] }), { cycle: ["a", "a"] });
  });
  it("orders a chain of 1000 tasks", () => {
    const chain = Object.fromEntries(
      Array.from({ length: 1000 }, (_, n) => [`t${n}`, n === 999 ? [] : [`t${n + 1}`]]),
    );
    assert.equal((topologicalOrder(chain) as { order: string[] }).order[0], "t999");
  });
  it("finds direct and indirect ancestors", () => {
    assert.deepEqual([...ancestors("c", { a: [], b: ["a"], c: ["b", "a"], d: ["c"] })].sort(), ["a", "b"]);
  });
});
