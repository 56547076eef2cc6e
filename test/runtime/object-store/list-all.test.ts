import assert from "node:assert/strict";
import { listAll } from "../../../runtime/object-store/list-all.ts";
import type { ListOptions } from "../../../runtime/object-store/object-store.ts";
import { temporaryStore } from "../inference/models.ts";

describe("all objects below a prefix", () => {
  it("come in the order of their keys, over any number of pages, which are read as they are wanted", async () => {
    const { store, remove } = await temporaryStore();
    for (const key of ["a/5", "a/1", "b/1", "a/3", "a/2", "a/4"]) await store.put(key, "");
    let pages = 0;
    const inPairs = {
      list(options: ListOptions) {
        pages += 1;
        return store.list({ ...options, limit: 2 });
      },
    };
    const keys = (startAfter?: string) =>
      Array.fromAsync(listAll(inPairs, "a/", startAfter), ({ key }) => key);
    assert.deepEqual(await keys(), ["a/1", "a/2", "a/3", "a/4", "a/5"]);
    assert.equal(pages, 3);
    assert.deepEqual(await keys("a/3"), ["a/4", "a/5"]);
    pages = 0;
    for await (const { key } of listAll(inPairs, "a/")) if (key === "a/2") break;
    assert.equal(pages, 1);
    await remove();
  });

  it("are none where nothing is", async () => {
    const { store, remove } = await temporaryStore();
    assert.deepEqual(await Array.fromAsync(listAll(store, "a/")), []);
    await remove();
  });
});
