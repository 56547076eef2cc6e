import assert from "node:assert/strict";
import { fromHalfPrecision, toHalfPrecision } from "../../../runtime/inference/half-precision.ts";

describe("half precision", () => {
  it("gives back every one of the 65536 bit patterns", () => {
    for (let bits = 0; bits < 65_536; bits += 1) {
      const value = fromHalfPrecision(bits);
      if (Number.isNaN(value)) assert.ok(Number.isNaN(fromHalfPrecision(toHalfPrecision(value))));
      else assert.equal(toHalfPrecision(value), bits);
    }
  });

  it("rounds what lies between to the nearest, ties to even", () => {
    for (let bits = 0; bits < 0x7bff; bits += 1) {
      const below = fromHalfPrecision(bits);
      const above = fromHalfPrecision(bits + 1);
      const middle = (below + above) / 2;
      assert.equal(toHalfPrecision(middle), bits % 2 === 0 ? bits : bits + 1);
      assert.equal(toHalfPrecision(below + (above - below) * 0.49), bits);
      assert.equal(toHalfPrecision(-(below + (above - below) * 0.51)), 0x8000 | (bits + 1));
    }
  });

  it("knows the values of the standard", () => {
    assert.equal(toHalfPrecision(1), 0x3c00);
    assert.equal(toHalfPrecision(-2), 0xc000);
    assert.equal(toHalfPrecision(65_504), 0x7bff);
    assert.equal(toHalfPrecision(65_519.99), 0x7bff);
    assert.equal(toHalfPrecision(65_520), 0x7c00);
    assert.equal(fromHalfPrecision(0x0001), 2 ** -24);
    assert.equal(fromHalfPrecision(0xfc00), Number.NEGATIVE_INFINITY);
  });
});
