import assert from "node:assert/strict";
import { processMemoryLimit as policy } from "../../policies/process-memory-limit.ts";
import { analyze, unknownNumber, unknownObject } from "./analyze.ts";

const type = "skyloom:local:Process";

describe("policy process-memory-limit", () => {
  it("passes a process with a memory limit", async () => {
    assert.deepEqual(await analyze(policy, type, { limits: { memoryBytes: 1 << 30, openFiles: 1024 } }), []);
  });

  for (const [properties, found] of [
    [{}, "missing"],
    [{ limits: {} }, "missing"],
    [{ limits: { openFiles: 1024 } }, "missing"],
    [{ limits: { memoryBytes: 0 } }, "0"],
    [{ limits: { memoryBytes: -1 } }, "-1"],
    [{ limits: { memoryBytes: "1 GiB" } }, '"1 GiB"'],
    [{ limits: { memoryBytes: null } }, "null"],
  ] as const)
    it(`refuses a process with ${JSON.stringify(properties)}`, async () => {
      const [diagnostic, ...others] = await analyze(policy, type, properties);
      assert.deepEqual([diagnostic?.level, others], ["mandatory", []]);
      assert.ok(diagnostic?.message.includes(`limits.memoryBytes is ${found}: set it`), diagnostic?.message);
    });

  it("says that it could not check what is unknown, and does not count it as passed", async () => {
    for (const properties of [{ limits: unknownObject }, { limits: { memoryBytes: unknownNumber } }]) {
      const [diagnostic, ...others] = await analyze(policy, type, properties);
      assert.deepEqual([diagnostic?.level, others], ["advisory", []]);
    }
  });

  it("leaves other resources alone", async () => {
    assert.deepEqual(await analyze(policy, "skyloom:local:Bucket", {}), []);
  });
});
