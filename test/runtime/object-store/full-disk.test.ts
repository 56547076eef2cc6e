import assert from "node:assert/strict";
import { canMountSmallDisk, runOnSmallDisk, runWithFileSizeLimit } from "../../contracts/small-disk.ts";

const expected = [
  { put: "507 storage-full" },
  { overwrite: "507 storage-full" },
  { kept: "old" },
  { keys: ["kept"] },
  { temporary: [] },
  { delete: "done" },
  {},
  { putAgain: "done" },
];

describe("local object store without space", () => {
  it("refuses a write, keeps what was there and still deletes when the disk is full", async function () {
    if (!process.env.CI && !canMountSmallDisk()) this.skip(); // Only a desk may lack the right to mount.
    assert.deepEqual(await runOnSmallDisk("object-store-full.ts", 4 << 20), expected);
  });

  it("does the same where a limit on the size of files is reached", async () => {
    assert.deepEqual(await runWithFileSizeLimit("object-store-full.ts", 4 << 20), expected);
  });
});
