import assert from "node:assert/strict";
import { createFolderSync } from "../../../runtime/object-store/local-files.ts";

describe("sync of folders", () => {
  it("is shared by all who come while another one is under way, and never the one that had begun before", async () => {
    const begun: { folder: string; end: () => void; fail: (error: Error) => void }[] = [];
    const sync = createFolderSync(
      (folder) => new Promise((end, fail) => begun.push({ folder, end: () => end(), fail })),
    );
    const first = sync("a");
    const second = sync("a");
    const third = sync("a");
    const other = sync("b");
    assert.deepEqual(
      begun.map(({ folder }) => folder),
      ["a", "b"],
    );
    begun[0]?.fail(new Error("disk"));
    await assert.rejects(first, /disk/);
    await new Promise(setImmediate);
    assert.equal(begun.length, 3);
    const fourth = sync("a");
    begun[2]?.end();
    await Promise.all([second, third]);
    await new Promise(setImmediate);
    assert.equal(begun.length, 4);
    begun[1]?.end();
    begun[3]?.end();
    await Promise.all([fourth, other]);
    void sync("a");
    assert.equal(begun.length, 5);
  });
});
