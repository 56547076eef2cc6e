import assert from "node:assert/strict";
import { createHourlySweep } from "../../../runtime/object-store/hourly-sweep.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import { temporaryStore } from "../inference/models.ts";

describe("createHourlySweep", () => {
  let store: ObjectStore;
  let remove: () => Promise<void>;
  let time = Date.UTC(2026, 0, 1);
  beforeEach(async () => {
    ({ store, remove } = await temporaryStore());
  });
  afterEach(() => remove());

  const warnings: unknown[] = [];
  const logger = { warn: (details: object, message: string) => void warnings.push([details, message]) };
  const replica = (sweep = async () => 7) =>
    createHourlySweep({
      store,
      claimKey: "sweep.json",
      sweep,
      logger,
      failure: "not swept",
      now: () => time,
    });

  it("is done by one of several replicas, once an hour", async () => {
    const replicas = [replica(), replica(), replica()];
    const counts = async () =>
      (await Promise.all(replicas.map((one) => one.sweep()))).filter((count) => count !== undefined);
    assert.deepEqual(await counts(), [7]);
    time += 3_599_999;
    assert.deepEqual(await counts(), []);
    time += 1;
    assert.deepEqual(await counts(), [7]);
  });

  it("tells a failure, and goes on", async () => {
    await new Promise<void>((resolve) => {
      const failing = replica(async () => {
        setImmediate(resolve);
        throw new Error("no bucket");
      });
      failing.start();
      failing.stop();
    });
    assert.deepEqual(warnings, [[{ reason: "no bucket" }, "not swept"]]);
  });
});
