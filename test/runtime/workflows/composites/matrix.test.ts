import assert from "node:assert/strict";
import { expandMatrix, maximumItems } from "../../../../runtime/workflows/composites/matrix.ts";

describe("matrix", () => {
  it("gives every combination, the last name changing fastest", () => {
    assert.deepEqual(expandMatrix({ rate: [0.1, 0.2], size: ["small", "large"] }), [
      { rate: 0.1, size: "small" },
      { rate: 0.1, size: "large" },
      { rate: 0.2, size: "small" },
      { rate: 0.2, size: "large" },
    ]);
  });

  it("gives nothing where a name has no values", () => {
    assert.deepEqual(expandMatrix({ rate: [0.1], size: [] }), []);
  });

  it("refuses more combinations than a map may have before it makes them", () => {
    const thousand = Array.from({ length: 1000 }, (_, index) => index);
    assert.throws(() => expandMatrix({ a: thousand, b: thousand, c: thousand }), {
      code: "too-many-items",
      message: new RegExp(`the matrix has 1000000000 items, at most ${maximumItems} .* a workflow task`),
    });
  });
});
