import assert from "node:assert/strict";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import {
  createServedModels,
  maximumLoadedVersions,
  type ServedModels,
} from "../../../runtime/inference/served-models.ts";
import type { WorkerPool } from "../../../runtime/inference/workers/worker-pool.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import { scaleModel, temporaryStore } from "./models.ts";

describe("served models", () => {
  let store: ObjectStore;
  let remove: () => Promise<void>;
  let loaded: string[];
  let largest: number;
  let models: ServedModels;
  let milliseconds: number;

  beforeEach(async () => {
    ({ store, remove } = await temporaryStore());
    loaded = [];
    largest = 0;
    milliseconds = 0;
    models = createServedModels({
      store,
      pool: recordingPool(),
      now: () => milliseconds++,
      onLoaded: () => undefined,
      onLoadFailed: () => undefined,
    });
  });
  afterEach(() => remove());

  /** Notes what is loaded instead of loading it. */
  function recordingPool(): WorkerPool {
    return {
      async load({ key, readContent }) {
        await readContent();
        loaded.push(key.replace(/#.*/, ""));
        largest = Math.max(largest, loaded.length);
        return { executionProvider: "cpu", refusals: [] };
      },
      async unload(key) {
        const place = loaded.indexOf(key.replace(/#.*/, ""));
        if (place >= 0) loaded.splice(place, 1);
      },
      run: () => assert.fail("no run was asked for"),
      queueLength: () => 0,
      batchSizes: () => undefined,
      close: async () => undefined,
    };
  }

  const use = (name: string, version?: number) =>
    models.use(name, version, async ({ manifest }) => `${manifest.name}/${manifest.version}`);

  it("loads a version once for callers at the same time", async () => {
    await publishModel(store, scaleModel(1));
    await Promise.all([use("scale"), use("scale"), models.refresh("scale"), use("scale")]);
    assert.deepEqual(loaded, ["scale/1"]);
  });

  it("unloads the old version after a swap, but not while a request uses it", async () => {
    await publishModel(store, scaleModel(1));
    let finish = () => {};
    const unfinished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const request = models.use("scale", undefined, async () => {
      await publishModel(store, scaleModel(2));
      await models.refresh("scale");
      assert.deepEqual(loaded, ["scale/1", "scale/2"]);
      finish();
    });
    await unfinished;
    await request;
    assert.deepEqual(loaded, ["scale/2"]);
  });

  it("keeps a bounded number of versions, those used last", async () => {
    const count = maximumLoadedVersions + 8;
    for (let factor = 1; factor <= count; factor += 1) await publishModel(store, scaleModel(factor));
    await publishModel(store, scaleModel(1, "other"));
    await use("other");
    for (let version = 1; version <= count; version += 1) {
      await use("scale", version);
      await use("other");
    }
    assert.equal(models.loaded().length, maximumLoadedVersions);
    assert.equal(loaded.length, maximumLoadedVersions);
    assert.ok(largest <= maximumLoadedVersions + 1);
    assert.ok(loaded.includes("other/1"));
    assert.ok(loaded.includes(`scale/${count}`));
    assert.ok(!loaded.includes("scale/1"));
  });

  it("leaves nothing loaded of a model that was deleted", async () => {
    await publishModel(store, scaleModel(1));
    await publishModel(store, scaleModel(2));
    await use("scale");
    await use("scale", 1);
    for (const { key } of (await store.list()).objects) await store.delete(key);
    await models.refreshAll();
    assert.deepEqual(loaded, []);
    assert.equal(models.loaded().length, 0);
  });

  it("does not read an unchanged model again, and a broken one seldom where nobody asks for it", async () => {
    await publishModel(store, scaleModel(1));
    await publishModel(store, scaleModel(1, "broken"));
    await store.put("models/broken/1/model.onnx", "x");
    let reads = 0;
    const counting: ObjectStore = {
      ...store,
      get(key) {
        if (key.endsWith(".onnx")) reads += 1;
        return store.get(key);
      },
    };
    models = createServedModels({
      store: counting,
      pool: recordingPool(),
      now: () => milliseconds,
      onLoaded: () => undefined,
      onLoadFailed: () => undefined,
    });
    await models.refresh("scale");
    await models.refresh("broken");
    for (const [time, expected] of [
      [0, 2],
      [59_999, 2],
      [60_000, 3],
      [60_001, 3],
    ] as const) {
      milliseconds = time;
      await models.refreshAll();
      assert.equal(reads, expected, `after ${time} ms`);
    }
  });
});
