import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  createOwnFolder,
  removeAbandonedFolders,
  removeFolder,
} from "../../../runtime/processes/own-folder.ts";

const module = fileURLToPath(new URL("../../../runtime/processes/own-folder.ts", import.meta.url));

describe("temporary folders of a process", () => {
  const { TMPDIR: usual } = process.env;
  const folder = mkdtempSync(join(tmpdir(), "skyloom-folders-"));
  before(() => {
    process.env.TMPDIR = folder;
  });
  after(() => {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
    rmSync(folder, { recursive: true, force: true });
  });

  it("are removed when the process is no more, and nobody else's", async () => {
    const own = await createOwnFolder();
    const script = `import { createOwnFolder } from ${JSON.stringify(module)}; console.log(await createOwnFolder());`;
    const { stdout } = spawnSync(process.execPath, ["--no-warnings", "--input-type=module", "-e", script], {
      encoding: "utf8",
    });
    const abandoned = stdout.trim();
    mkdirSync(join(abandoned, "files"));
    // The number of a process that lives, and the start of one that does not.
    const reused = join(folder, basename(own).replace(/-\d+-([^-]+)$/, "-1-$1"));
    mkdirSync(reused);
    const other = join(folder, "skyloom-task-0123abcd-999999-1-xxxxxx");
    mkdirSync(other);
    assert.equal(await removeAbandonedFolders(), existsSync("/proc/self/stat") ? 2 : 1);
    assert.ok(existsSync(own) && existsSync(other) && !existsSync(abandoned));
    await removeFolder(own);
    assert.ok(!existsSync(own));
  });
});
