import assert from "node:assert/strict";
import { mkdir, readdir, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import Database from "better-sqlite3";
import { createLocalObjectStore } from "../../../runtime/object-store/local.ts";
import { startProcess } from "../../contracts/processes/start.ts";
import { createTemporaryFolder, type TemporaryFolder } from "../../contracts/temporary-folder.ts";

describe("local object store", () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await createTemporaryFolder();
  });
  afterEach(() => folder.remove());

  const keys = async (store: ReturnType<typeof createLocalObjectStore>) =>
    (await store.list()).objects.map(({ key }) => key);

  it("makes its folder, and says when it cannot", async () => {
    const store = createLocalObjectStore({ folder: join(folder.path, "a/b") });
    await store.put("key", "x");
    assert.deepEqual((await readdir(join(folder.path, "a/b"))).sort(), [".skyloom-bucket", "key"]);
    await writeFile(join(folder.path, "file"), "");
    assert.throws(() => createLocalObjectStore({ folder: join(folder.path, "file") }), {
      code: "bucket-unavailable",
      message: /file cannot be used/,
    });
  });

  it("keeps a file where its key says", async () => {
    const store = createLocalObjectStore({ folder: folder.path });
    await mkdir(join(folder.path, "copied"));
    await writeFile(join(folder.path, "copied/in.txt"), "by hand");
    assert.equal(Buffer.from((await store.get("copied/in.txt"))?.body ?? []).toString(), "by hand");
    assert.deepEqual(await keys(store), ["copied/in.txt"]);
  });

  it("notices that a file was changed by hand, though its size is the same", async () => {
    const store = createLocalObjectStore({ folder: folder.path });
    const { etag } = await store.put("key", "old");
    await writeFile(join(folder.path, "key"), "new");
    await utimes(join(folder.path, "key"), 1, 1);
    const changed = await store.head("key");
    assert.notEqual(changed?.etag, etag);
    await assert.rejects(store.put("key", "x", { ifMatch: etag }), { code: "precondition-failed" });
    // The second answer may come from the index.
    assert.deepEqual(await store.head("key"), changed);
  });

  it("answers without its index of etags", async () => {
    const store = createLocalObjectStore({ folder: folder.path });
    const put = await store.put("key", "x");
    await writeFile(
      join(folder.path, ".skyloom-bucket/etags.db"),
      "this is no database, not at all".repeat(500),
    );
    const reopened = createLocalObjectStore({ folder: folder.path });
    assert.deepEqual(await reopened.head("key"), put);
    assert.deepEqual((await reopened.list()).objects, [put]);
    await reopened.put("key", "y", { ifMatch: put.etag });
    await reopened.delete("key");
  });

  it("does not follow symbolic links", async () => {
    const outside = await createTemporaryFolder();
    await writeFile(join(outside.path, "secret"), "outside");
    await symlink(outside.path, join(folder.path, "folder"));
    await symlink(join(outside.path, "secret"), join(folder.path, "link"));
    const store = createLocalObjectStore({ folder: folder.path });
    for (const key of ["folder/secret", "link"]) {
      assert.equal(await store.get(key), undefined);
      assert.equal(await store.head(key), undefined);
      await store.delete(key);
      await assert.rejects(store.put(key, "x"), { status: 409, code: "key-conflict" });
    }
    assert.deepEqual(await keys(store), []);
    assert.deepEqual((await store.list({ prefix: "folder/" })).objects, []);
    assert.deepEqual(await readdir(outside.path), ["secret"]);
    await outside.remove();
  });

  it("leaves no empty folder behind", async () => {
    const store = createLocalObjectStore({ folder: folder.path });
    await store.put("a/b/c", "x");
    await store.delete("a/b/c");
    await assert.rejects(store.put("d/e/f", "x", { ifMatch: "none" }), { code: "precondition-failed" });
    assert.deepEqual(await readdir(folder.path), [".skyloom-bucket"]);
  });

  it("removes what a killed writer left an hour ago, and nothing younger", async () => {
    const temporary = join(folder.path, ".skyloom-bucket/temporary");
    await mkdir(temporary, { recursive: true });
    await writeFile(join(temporary, "old"), "x");
    await writeFile(join(temporary, "young"), "x");
    await utimes(join(temporary, "old"), Date.now() / 1000, Date.now() / 1000 - 4000);
    const store = createLocalObjectStore({ folder: folder.path });
    await store.put("key", "x");
    assert.deepEqual(await readdir(temporary), ["young"]);
    assert.deepEqual(await keys(store), ["key"]);
  });

  it("reads only the folders that can hold a key that is asked for", async () => {
    const read: string[] = [];
    const store = createLocalObjectStore({ folder: folder.path, onReadFolder: (path) => read.push(path) });
    for (const key of ["a/1/x", "a/2/x", "a/3/x", "b/1/x"]) await store.put(key, "x");
    await store.list({ prefix: "a/2/" });
    assert.deepEqual(read.splice(0), ["a/2/"]);
    await store.list({ prefix: "a/", limit: 1 });
    assert.deepEqual(read.splice(0), ["a/", "a/1/", "a/2/"]);
    await store.list({ prefix: "a/", startAfter: "a/2/x" });
    assert.deepEqual(read.splice(0), ["a/", "a/2/", "a/3/"]);
  });

  it("gives up waiting for a lock that another process holds, and says so", async () => {
    const store = createLocalObjectStore({ folder: folder.path, lockWaitSeconds: 0 });
    await store.put("key", "x");
    const holder = new Database(join(folder.path, ".skyloom-bucket/lock.db"));
    holder.exec("BEGIN EXCLUSIVE");
    await assert.rejects(store.put("key", "y"), { status: 503, code: "bucket-busy" });
    assert.equal(Buffer.from((await store.get("key"))?.body ?? []).toString(), "x");
    holder.exec("ROLLBACK");
    await store.put("key", "y");
    assert.deepEqual(await readdir(join(folder.path, ".skyloom-bucket/temporary")), []);
  });

  it("is not held up by a process that was killed while it held the lock", async () => {
    const store = createLocalObjectStore({ folder: folder.path, lockWaitSeconds: 0 });
    const holder = startProcess("lock-holder.ts", [join(folder.path, ".skyloom-bucket/lock.db")]);
    await holder.printed(1);
    await assert.rejects(store.put("key", "x"), { code: "bucket-busy" });
    await holder.kill();
    await store.put("key", "x");
  });

  it("streams in and out what is larger than the memory that it takes", async () => {
    const streamer = startProcess("object-store-streamer.ts", [pathToFileURL(folder.path).href, "384"]);
    assert.equal(await streamer.ended, 0);
    const [measured] = streamer.lines as { bytes: number; grownMebibytes: number }[];
    assert.equal(measured?.bytes, 384 << 20);
    assert.ok(measured.grownMebibytes < 192, `memory grew by ${measured.grownMebibytes} MiB`);
  });
});
