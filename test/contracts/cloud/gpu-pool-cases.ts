import assert from "node:assert/strict";
import type { CloudCase } from "./cloud.ts";
import type { CloudFixture } from "./cloud-fixture.ts";
import { developmentSettings, gpuPool, recordCloud, refusalOf } from "./record-cloud.ts";

export const gpuPoolCases: CloudCase[] = [
  {
    name: "has GPU pools that rest at no node, marked and closed to others",
    needs: "gpuPools",
    async run(fixture) {
      const settings = developmentSettings(fixture);
      const recording = await recordCloud(fixture, settings);
      for (const { name, accelerator, maximum } of settings.gpuPools) {
        const pool = fixture.gpuPool(recording, name);
        assert.deepEqual({ minimum: pool.minimum, maximum: pool.maximum }, { minimum: 0, maximum });
        assert.equal(pool.labels["skyloom.dev/pool"], name);
        assert.equal(pool.labels["skyloom.dev/accelerator"], accelerator);
        assert.ok(pool.taints.includes("nvidia.com/gpu=present:NoSchedule"), pool.taints.join(", "));
        assert.equal(pool.repairs, true);
      }
    },
    without: refusesPools,
  },
  {
    name: "buys on the spot market or on demand, and keeps the nodes, as configured",
    needs: "gpuPools",
    async run(fixture) {
      const settings = developmentSettings(fixture);
      const pool = gpuPool(fixture);
      const gpuPools = [
        { ...pool, name: "cheap", spot: true, minimum: 0, maximum: 5 },
        { ...pool, name: "steady", spot: false, minimum: 1, maximum: 3 },
      ];
      const recording = await recordCloud(fixture, { ...settings, gpuPools });
      const facts = gpuPools.map(({ name }) => {
        const { spot, minimum, maximum } = fixture.gpuPool(recording, name);
        return { name, spot, minimum, maximum };
      });
      assert.deepEqual(
        facts,
        gpuPools.map(({ name, spot, minimum, maximum }) => ({ name, spot, minimum, maximum })),
      );
    },
    without: refusesPools,
  },
];

/** A pool that cannot be had must not be left out without a word. */
async function refusesPools(fixture: CloudFixture, reason: string) {
  const gpuPools = [gpuPool(fixture)];
  const { message, registered } = await refusalOf(fixture, { ...developmentSettings(fixture), gpuPools });
  assert.ok(message !== undefined, "GPU pools are taken without a word, and not made");
  assert.deepEqual(registered, []);
  assert.match(message, /skyloom:gpuPools/);
  assert.ok(message.includes(reason), message);
}
