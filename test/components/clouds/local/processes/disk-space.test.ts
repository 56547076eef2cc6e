import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  diskSpaceProblem,
  explainDiskError,
} from "../../../../../components/clouds/local/processes/disk-space.ts";
import { createFixture, type Fixture, freePort, urn } from "../../../provider/fixture.ts";

const isRoot = process.getuid?.() === 0 && process.platform === "linux";

describe("disk space", () => {
  let fixture: Fixture;
  beforeEach(() => {
    fixture = createFixture();
  });
  afterEach(() => fixture.remove());

  it("asks for free space where the folder will be", () => {
    const folder = join(fixture.folder, "not", "there", "yet");
    assert.equal(diskSpaceProblem(folder, 1), undefined);
    assert.match(
      diskSpaceProblem(folder, Number.MAX_SAFE_INTEGER) ?? "",
      /^the disk is full \(ENOSPC\): \d+ MB free for .*not\/there\/yet, at least 9007199254 MB are needed/,
    );
  });

  it("says where it is full and how much is free, and leaves other errors alone", () => {
    const full = Object.assign(new Error("write failed"), { code: "ENOSPC" });
    assert.match(
      (explainDiskError(full, fixture.folder) as Error).message,
      /full \(ENOSPC\): \d+ MB free for .*: write/,
    );
    const other = new Error("other");
    assert.equal(explainDiskError(other, fixture.folder), other);
  });

  // Only root may mount; elsewhere the two above stand for it.
  if (isRoot)
    it("makes nothing on a disk that is full", async () => {
      const disk = join(fixture.folder, "disk");
      mkdirSync(disk);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]);
      try {
        const stateFolder = join(disk, "one");
        const inputs = fixture.processInputs(await freePort(), { stateFolder });
        await assert.rejects(
          fixture.provider.create(urn("Process"), inputs),
          /process one the disk is full \(ENOSPC\): 1 MB free for .*disk\/one, at least 200 MB/,
        );
        const bucket = { folder: join(disk, "bucket"), keepData: true };
        await assert.rejects(fixture.provider.create(urn("Bucket"), bucket), /the disk is full/);
        const queue = { file: join(disk, "queue", "q.db"), maximumDeliveries: 1, visibilitySeconds: 1 };
        await assert.rejects(
          fixture.provider.create(urn("Queue"), { ...queue, keepData: true }),
          /the disk is full/,
        );
        assert.deepEqual(readdirSync(disk), []);

        try {
          writeFileSync(join(disk, "filler"), Buffer.alloc(2 * 1024 ** 2));
          assert.fail("the disk took more than it has");
        } catch (error) {
          assert.match((explainDiskError(error, disk) as Error).message, /full \(ENOSPC\): 0 MB free for/);
        }
      } finally {
        execFileSync("umount", [disk]);
      }
    });
});
