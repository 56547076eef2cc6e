import assert from "node:assert/strict";
import { RememberingStore } from "../../../runtime/workflows/touched-keys.ts";
import { temporaryStore } from "../inference/models.ts";

describe("keys that a task touches", () => {
  it("are those it wrote and those it found, but for cached results", async () => {
    const { store, remove } = await temporaryStore();
    const remembering = new RememberingStore(store);
    assert.equal(remembering.touched(), undefined);
    await remembering.put("a/made", "1");
    await remembering.put("task-results/abc", "1");
    await store.put("a/there", "1");
    await remembering.get("a/there");
    await remembering.get("a/missing");
    (await remembering.getStream("a/made"))?.body.destroy();
    assert.deepEqual(remembering.touched(), { read: ["a/there", "a/made"], written: ["a/made"] });
    assert.deepEqual(
      (await remembering.list({ prefix: "a/" })).objects.map(({ key }) => key),
      ["a/made", "a/there"],
    );
    await remove();
  });
});
