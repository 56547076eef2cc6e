import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createSecretStore } from "../../../runtime/secrets/create-secret-store.ts";
import { createTemporaryFolder, type TemporaryFolder } from "../../contracts/temporary-folder.ts";

describe("secrets in a folder", () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await createTemporaryFolder();
  });
  afterEach(() => folder.remove());

  const open = (...path: string[]) => createSecretStore(pathToFileURL(join(folder.path, ...path)).href);

  /** As the kubelet writes a Secret: all files of a version in a folder, to which one link is moved. */
  async function mount(version: string, secrets: Record<string, string>) {
    await mkdir(join(folder.path, version));
    for (const [name, value] of Object.entries(secrets))
      await writeFile(join(folder.path, version, name), value);
    await symlink(version, join(folder.path, "..data_tmp"));
    await rename(join(folder.path, "..data_tmp"), join(folder.path, "..data"));
    for (const name of Object.keys(secrets))
      await symlink(join("..data", name), join(folder.path, name)).catch((error) => {
        if (error.code !== "EEXIST") throw error;
      });
  }

  it("reads a Secret that Kubernetes mounts, and its next version", async () => {
    const store = await open();
    await mount("..2026_11_28_18_00_00.1", { "api-key": "one", other: "x" });
    assert.deepEqual([await store.get("api-key"), await store.get("other")], ["one", "x"]);
    await mount("..2026_11_28_18_05_00.2", { "api-key": "two" });
    assert.equal(await store.get("api-key"), "two");
    await assert.rejects(store.get("other"), { code: "secret-not-found" });
    await store.check();
  });

  for (const [content, value] of [
    ["value", "value"],
    ["value\n", "value"],
    ["value\n\n", "value\n"],
    ["value\r\n", "value\r"],
    ["\n", ""],
    ["", ""],
  ] as const)
    it(`reads ${JSON.stringify(content)} as ${JSON.stringify(value)}`, async () => {
      await writeFile(join(folder.path, "key"), content);
      assert.equal(await (await open()).get("key"), value);
    });

  it("tells of a folder that is not there, and takes it once it is", async () => {
    const store = await open("later");
    const missing = { status: 503, code: "secret-store-not-found", message: /later/ };
    await assert.rejects(store.check(), missing);
    await assert.rejects(store.get("key"), missing);
    await mkdir(join(folder.path, "later"));
    await store.check();
    await assert.rejects(store.get("key"), { code: "secret-not-found" });
  });

  it("tells of a file where the folder should be", async () => {
    await writeFile(join(folder.path, "file"), "x");
    const store = await open("file");
    await assert.rejects(store.check(), { code: "secret-store-not-found", message: /not a folder/ });
    await assert.rejects(store.get("key"), { code: "secret-store-not-found" });
  });

  it("tells which file it may not read", async () => {
    const store = await open();
    await writeFile(join(folder.path, "key"), "value", { mode: 0 });
    const { getuid, seteuid } = process;
    const isRoot = getuid?.() === 0;
    // Root may read everything.
    if (isRoot) seteuid?.(65_534);
    try {
      await assert.rejects(store.get("key"), {
        code: "secret-access-denied",
        message: /read permission on .*\/key: EACCES/,
      });
    } finally {
      if (isRoot) seteuid?.(0);
    }
  });

  it("does not wait for a pipe, and follows no circle of links", async () => {
    const store = await open();
    assert.equal(spawnSync("mkfifo", [join(folder.path, "pipe")]).status, 0);
    await assert.rejects(store.get("pipe"), { code: "secret-not-found", message: /not a file/ });
    await symlink("circle", join(folder.path, "circle"));
    await assert.rejects(store.get("circle"), { code: "secret-not-found" });
  });
});
