import assert from "node:assert/strict";
import { nearestName } from "../../runtime/nearest-name.ts";

describe("nearestName", () => {
  const cases: [name: string, candidates: string[], expected: string | undefined][] = [
    ["notfy", ["infer", "notify", "report"], "notify"],
    ["Notify", ["infer", "notify"], "notify"],
    ["region", ["port", "regions", "image"], "regions"],
    ["gpuPool", ["gpuPools", "port"], "gpuPools"],
    ["xyz", ["infer", "notify"], undefined],
    ["anything", [], undefined],
  ];
  for (const [name, candidates, expected] of cases)
    it(`${name} among ${candidates.join(", ") || "nothing"} is ${expected ?? "near to none"}`, () => {
      assert.equal(nearestName(name, candidates), expected);
    });
});
