import assert from "node:assert/strict";
import { groupByKey } from "../../../../runtime/workflows/composites/groups.ts";

describe("groups", () => {
  it("come in the order of their keys' first item; keys of different types are different", () => {
    const entries = [
      { key: "north", value: 1 },
      { key: 1, value: 2 },
      { key: "1", value: 3 },
      { key: "north", value: 4 },
      { key: null, value: 5 },
    ];
    assert.deepEqual(groupByKey(entries), [
      { key: "north", values: [1, 4] },
      { key: 1, values: [2] },
      { key: "1", values: [3] },
      { key: null, values: [5] },
    ]);
  });

  it("refuse a key that is a list or an object, naming the item", () => {
    assert.throws(
      () =>
        groupByKey([
          { key: "a", value: 1 },
          { key: ["a"], value: 1 },
        ]),
      { code: "invalid-group-key", message: /\["a"\] for item 1; it must give text/ },
    );
  });
});
