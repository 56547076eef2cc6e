import assert from "node:assert/strict";
import { join } from "node:path";
import { createLocalObjectStore } from "../../../../runtime/object-store/local.ts";
import { readList, storeIfLarge } from "../../../../runtime/workflows/composites/stored-list.ts";
import type { Json } from "../../../../runtime/workflows/workflow.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("stored list", () => {
  const folder = temporaryFolder();
  const store = () => createLocalObjectStore({ folder: join(folder.path, "bucket") });

  it("stays where it is while it is small, and goes to the bucket when it is large", async () => {
    const small: Json[] = [1, { a: null }];
    assert.deepEqual(await storeIfLarge(store(), "small.json", small), small);
    assert.equal(await store().head("small.json"), undefined);
    const large: Json[] = Array.from({ length: 10_000 }, (_, index) => ({ value: `number ${index}` }));
    const stored = await storeIfLarge(store(), "runs/r/large.json", large);
    const bytes = Buffer.byteLength(JSON.stringify(large));
    assert.deepEqual(stored, { object: "runs/r/large.json", count: 10_000, bytes });
    assert.deepEqual(await readList(store(), stored as { object: string }), large);
  });

  it("says what is wrong with an object that holds none", async () => {
    await store().put("text.json", "[1, 2");
    await store().put("object.json", '{"a": 1}');
    await assert.rejects(readList(store(), { object: "missing.json" }), {
      code: "list-not-found",
      message: "there is no object missing.json in the bucket",
    });
    for (const object of ["text.json", "object.json"])
      await assert.rejects(readList(store(), { object }), {
        code: "no-list",
        message: `object ${object} holds no JSON list`,
      });
  });
});
