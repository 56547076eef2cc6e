import assert from "node:assert/strict";
import { accelerators, findAccelerator } from "../../pricing/accelerators.ts";
import { pricedClouds } from "../../pricing/row-schema.ts";
import { rawTable } from "./tables.ts";

describe("accelerators", () => {
  it("have unique names, a memory and a source", () => {
    assert.equal(new Set(accelerators.map(({ name }) => name)).size, accelerators.length);
    for (const accelerator of accelerators) {
      assert.ok(accelerator.memoryGib > 0);
      assert.match(accelerator.source, /https:|:.* at [0-9a-f]{40}/);
    }
  });

  it("are ordered by memory", () => {
    const memory = accelerators.map(({ memoryGib }) => memoryGib);
    assert.deepEqual(
      memory,
      memory.toSorted((left, right) => left - right),
    );
  });

  for (const cloud of pricedClouds) {
    it(`have a name in ${cloud} exactly where its table has a machine with them`, () => {
      const inTable = new Set(rawTable(`${cloud}.csv`).map((row) => row.accelerator));
      for (const { name, cloudNames } of accelerators) {
        assert.equal(cloudNames[cloud] !== undefined, inTable.has(name), name);
      }
    });
  }

  it("are found by the name used in configuration, and only by that", () => {
    assert.equal(findAccelerator("a100-40")?.memoryGib, 40);
    assert.equal(findAccelerator("a100-80")?.cloudNames.gcp, "nvidia-a100-80gb");
    assert.equal(findAccelerator("A100"), undefined);
  });
});
