import assert from "node:assert/strict";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import { createDecisionIds } from "../../../runtime/routing/decision-ids.ts";
import { createGivenRewards } from "../../../runtime/routing/given-rewards.ts";
import { temporaryStore } from "../inference/models.ts";

describe("createGivenRewards", () => {
  let store: ObjectStore;
  let remove: () => Promise<void>;
  before(async () => {
    ({ store, remove } = await temporaryStore());
  });
  after(() => remove());

  const start = Date.UTC(2026, 0, 1);
  const idAt = (seconds: number) => {
    const ids = createDecisionIds(Buffer.alloc(32), () => start + seconds * 1000);
    return ids.verify(ids.sign({ route: "best", arm: "a" }))?.id as string;
  };

  it("gives one of several replicas the claim", async () => {
    const id = idAt(0);
    const claims = [1, 2, 3].map(() => createGivenRewards(store, Date.now).claim("best", id));
    const results = await Promise.allSettled(claims);
    assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
    for (const result of results)
      if (result.status === "rejected") assert.equal(result.reason.code, "reward-already-given");
  });

  it("forgets those of decisions that are too old, and only those", async () => {
    const given = createGivenRewards(store, () => start + 1000_000);
    const [old, young] = [idAt(99), idAt(901)];
    await given.claim("swept", old);
    await given.claim("swept", young);
    await given.claim("another", old);
    await given.sweep("swept", 100);
    await given.claim("swept", old);
    await assert.rejects(given.claim("swept", young), { code: "reward-already-given" });
    await assert.rejects(given.claim("another", old), { code: "reward-already-given" });
  });
});
