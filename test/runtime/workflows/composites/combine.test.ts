import assert from "node:assert/strict";
import { type CombinationName, combine } from "../../../../runtime/workflows/composites/combine.ts";
import type { Json } from "../../../../runtime/workflows/workflow.ts";

describe("combine", () => {
  const cases: [name: CombinationName, values: Json[], combined: Json][] = [
    ["sum", [1, 2.5, -1], 2.5],
    ["sum", [], 0],
    ["sum", [{ a: 1 }, { a: 2, b: 5 }, { __proto__: null, b: 1 } as never], { a: 3, b: 6 }],
    ["sum", [{ cpu: { user: 1 } }, { cpu: { user: 2, system: 3 } }], { cpu: { user: 3, system: 3 } }],
    ["count", [null, 1, "x"], 3],
    ["min", [3, 1, 2], 1],
    ["min", ["pear", "apple"], "apple"],
    ["max", [3, 10, 2], 10],
    ["max", [], null],
    ["mean", [1, 2, 6], 3],
    ["mean", [], null],
    ["list", [1, [2], null], [1, [2], null]],
    ["merge", [{ a: 1, b: 1 }, { b: 2 }], { a: 1, b: 2 }],
    ["merge", [[1], [], [2, [3]]], [1, 2, [3]]],
    ["merge", [], null],
  ];
  for (const [name, values, combined] of cases)
    it(`${name} of ${JSON.stringify(values)} is ${JSON.stringify(combined)}`, () => {
      assert.deepEqual(combine(name, values), combined);
    });

  it("keeps a key that JavaScript's objects treat in a way of their own", () => {
    const value = JSON.parse('{"__proto__": 2}');
    assert.equal(JSON.stringify(combine("sum", [value, value])), '{"__proto__":4}');
    assert.equal(JSON.stringify(combine("merge", [{ a: 1 }, value])), '{"a":1,"__proto__":2}');
  });

  for (const [name, values] of [
    ["sum", [1, "2"]],
    ["sum", [{ a: 1 }, 2]],
    ["sum", [{ a: "x" }]],
    ["min", [1, "2"]],
    ["max", [[1]]],
    ["mean", [null]],
    ["merge", [[1], { a: 1 }]],
    ["merge", [{ a: 1 }, [1]]],
  ] as [CombinationName, Json[]][])
    it(`${name} of ${JSON.stringify(values)} is refused`, () => {
      assert.throws(() => combine(name, values), {
        code: "cannot-combine",
        message: new RegExp(`^combine: ${name} takes .*, not .*; .value. names`),
      });
    });
});
