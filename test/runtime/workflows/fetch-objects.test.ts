import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createLocalObjectStore } from "../../../runtime/object-store/local.ts";
import { fetchObjects } from "../../../runtime/workflows/fetch-objects.ts";
import { script } from "../../../runtime/workflows/task-types/script.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describe("objects of a script", () => {
  const folder = temporaryFolder();
  const { signal } = new AbortController();

  it("are put into its folder under the paths that it names", async () => {
    const store = createLocalObjectStore({ folder: join(folder.path, "bucket") });
    await store.put("sales/a.csv", "1,2");
    const target = join(folder.path, "files");
    await fetchObjects(store, { "in/a.csv": "sales/a.csv" }, target, signal);
    assert.equal(await readFile(join(target, "in/a.csv"), "utf8"), "1,2");
    await assert.rejects(fetchObjects(store, { "b.csv": "sales/b.csv" }, target, signal), {
      code: "object-not-found",
      message: 'there is no object "sales/b.csv" in the bucket, which file b.csv is to be',
    });
  });

  it("may not leave the folder", () => {
    const { error } = script.schema.safeParse({ command: ["true"], objects: { "../a": "key" } });
    assert.match(JSON.stringify(error?.issues), /must not hold .*empty segments/);
  });
});
