import assert from "node:assert/strict";
import { publishModel } from "../../../runtime/inference/publish-model.ts";
import { pointerKey, readPointer } from "../../../runtime/inference/read-models.ts";
import { selectVersion } from "../../../runtime/inference/select-version.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import { scaleModel, temporaryStore } from "./models.ts";

describe("selectVersion", () => {
  let store: ObjectStore;
  let remove: () => unknown;
  beforeEach(async () => {
    ({ store, remove } = await temporaryStore());
    await publishModel(store, scaleModel(1));
    await publishModel(store, scaleModel(2));
  });
  afterEach(() => remove());

  it("goes back to the version before, and keeps the aliases", async () => {
    await store.put(pointerKey("scale"), JSON.stringify({ version: 2, aliases: { stable: 1 } }));
    assert.equal(await selectVersion(store, "scale", 1), 2);
    const { version, aliases } = (await readPointer(store, "scale")) ?? assert.fail();
    assert.deepEqual({ version, aliases }, { version: 1, aliases: { stable: 1 } });
  });

  it("refuses a model or a version that is not there, and changes nothing", async () => {
    await assert.rejects(selectVersion(store, "scale", 3), { code: "model-version-not-found" });
    await assert.rejects(selectVersion(store, "other", 1), { code: "model-not-found" });
    assert.equal((await readPointer(store, "scale"))?.version, 2);
  });

  it("does not undo what somebody else publishes at that moment", async () => {
    const meddled: ObjectStore = {
      ...store,
      put: async (key, content, options) => {
        await publishModel(store, scaleModel(3));
        return await store.put(key, content, options);
      },
    };
    await assert.rejects(selectVersion(meddled, "scale", 1), { code: "publish-conflict" });
    assert.equal((await readPointer(store, "scale"))?.version, 3);
  });
});
