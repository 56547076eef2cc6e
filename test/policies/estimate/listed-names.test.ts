import assert from "node:assert/strict";
import { listed } from "../../../policies/estimate/listed-names.ts";

describe("names in a message", () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `pool-${index}`);

  it("are all there, each once", () => {
    assert.equal(listed(["b", "a", "b"]), "b, a");
    assert.equal(listed(names(20)), names(20).join(", "));
  });

  it("are counted where they are too many to read", () => {
    assert.equal(listed(names(23)), `${names(20).join(", ")}, and 3 more`);
  });
});
