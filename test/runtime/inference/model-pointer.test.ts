import assert from "node:assert/strict";
import { selectVersion, setAlias, setVersionPolicy } from "../../../runtime/inference/model-pointer.ts";
import { publishModel } from "../../../runtime/inference/publish-model.ts";
import { pointerKey, readPointer } from "../../../runtime/inference/read-models.ts";
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

describe("setAlias and setVersionPolicy", () => {
  let store: ObjectStore;
  let remove: () => unknown;
  beforeEach(async () => {
    ({ store, remove } = await temporaryStore());
    await publishModel(store, scaleModel(1));
    await publishModel(store, scaleModel(2));
  });
  afterEach(() => remove());

  it("name a version, move the name and take it away", async () => {
    await setAlias(store, "scale", "stable", 1);
    await setAlias(store, "scale", "canary", 2);
    await setAlias(store, "scale", "stable", 2);
    assert.deepEqual((await readPointer(store, "scale"))?.aliases, { canary: 2, stable: 2 });
    await setAlias(store, "scale", "stable", undefined);
    const { version, aliases } = (await readPointer(store, "scale")) ?? assert.fail();
    assert.deepEqual({ version, aliases }, { version: 2, aliases: { canary: 2 } });
  });

  it("refuse names that are numbers, and versions that are not there", async () => {
    await assert.rejects(setAlias(store, "scale", "1st", 1), { code: "invalid-alias", status: 400 });
    await assert.rejects(setAlias(store, "scale", "stable", 7), { code: "model-version-not-found" });
    await assert.rejects(setAlias(store, "scale", "stable", undefined), { code: "alias-not-found" });
    await assert.rejects(setVersionPolicy(store, "scale", { specific: [1, 7] }), {
      code: "model-version-not-found",
    });
    await assert.rejects(setVersionPolicy(store, "scale", { latest: 0 }), {
      code: "invalid-policy",
      status: 400,
    });
    await assert.rejects(setVersionPolicy(store, "other", "all"), { code: "model-not-found" });
    assert.deepEqual((await readPointer(store, "scale"))?.aliases, {});
  });

  it("say which versions may be asked for, and keep the rest", async () => {
    await setAlias(store, "scale", "stable", 1);
    for (const policy of [{ latest: 1 }, { specific: [1] }, "all"] as const) {
      assert.deepEqual((await setVersionPolicy(store, "scale", policy)).versionPolicy, policy);
      const { versionPolicy, aliases } = (await readPointer(store, "scale")) ?? assert.fail();
      assert.deepEqual({ versionPolicy, aliases }, { versionPolicy: policy, aliases: { stable: 1 } });
    }
  });
});
