import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFiles } from "../../../../cli/check/reports/write-files.ts";

describe("writing of reports", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "skyloom-reports-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("replaces what is there", () => {
    writeFileSync(join(folder, "a"), "old");
    writeFiles([
      { path: join(folder, "a"), text: "new" },
      { path: join(folder, "b"), text: "b" },
    ]);
    assert.equal(readFileSync(join(folder, "a"), "utf8"), "new");
    assert.deepEqual(readdirSync(folder).sort(), ["a", "b"]);
  });

  it("writes none when one cannot be written, and leaves nothing behind", () => {
    writeFileSync(join(folder, "a"), "old");
    const files = [
      { path: join(folder, "a"), text: "new" },
      { path: join(folder, "none/b"), text: "b" },
    ];
    assert.throws(() => writeFiles(files), /the report cannot be written: .*none\/b/);
    assert.equal(readFileSync(join(folder, "a"), "utf8"), "old");
    assert.deepEqual(readdirSync(folder), ["a"]);
  });
});
