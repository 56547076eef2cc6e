import assert from "node:assert/strict";
import { canMountSmallDisk, runOnSmallDisk } from "../../contracts/small-disk.ts";

describe("local queue without space", () => {
  it("refuses what it cannot store, and loses nothing that it acknowledged", async function () {
    if (!process.env.CI && !canMountSmallDisk()) this.skip(); // Only a desk may lack the right to mount.
    assert.deepEqual(await runOnSmallDisk("queue-full.ts", 16 << 20), [
      { send: "507 storage-full" },
      { opened: "507 storage-full" },
      { wasAnyAcknowledged: true, areAllThere: true },
    ]);
  });
});
