import assert from "node:assert/strict";
import { amount } from "../../../runtime/capacity/quantity.ts";

describe("quantities of Kubernetes", () => {
  it("are read with every suffix and exponent", () => {
    const read = ["250m", "2", "1.5Gi", "3k", "1e3", "12E", "1E3", "1n", "-1"].map(amount);
    assert.deepEqual(read, [0.25, 2, 1.5 * 1024 ** 3, 3000, 1000, 12e18, 1000, 1e-9, -1]);
  });

  it("are refused where they are none", () => {
    for (const text of ["", "Gi", "1 Gi", "1gi", "ten"])
      assert.throws(() => amount(text), { message: /is no quantity of Kubernetes, such as 250m/ }, text);
  });
});
