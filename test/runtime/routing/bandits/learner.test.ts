import assert from "node:assert/strict";
import type { ObjectStore } from "../../../../runtime/object-store/object-store.ts";
import { createLearner, type Learner } from "../../../../runtime/routing/bandits/learner.ts";
import { temporaryStore } from "../../inference/models.ts";

describe("createLearner", () => {
  let store: ObjectStore;
  let remove: () => Promise<void>;
  beforeEach(async () => {
    ({ store, remove } = await temporaryStore());
  });
  afterEach(() => remove());

  const key = "routes/best/state.json";
  const synchronise = async (learner: Learner, discount = 1) =>
    await learner.synchronise(discount, (await store.head(key))?.etag);

  it("counts its own rewards at once, and those of others once both have synchronised", async () => {
    const [first, second] = [createLearner(store, key), createLearner(store, key)];
    first.add({ arm: "a", reward: 1 }, 1);
    assert.deepEqual(first.statistics("a"), { count: 1, sum: 1 });
    assert.deepEqual(second.statistics("a"), { count: 0, sum: 0 });
    await synchronise(first);
    await synchronise(second);
    assert.deepEqual(second.statistics("a"), { count: 1, sum: 1 });
  });

  it("loses and doubles nothing where replicas write at the same moment", async () => {
    const learners = [1, 2, 3, 4].map(() => createLearner(store, key));
    for (let round = 0; round < 5; round += 1) {
      for (const learner of learners) learner.add({ arm: "a", reward: 0.5 }, 1);
      const etag = (await store.head(key))?.etag;
      await Promise.all(learners.map((learner) => learner.synchronise(1, etag)));
    }
    // Each turn at least one of those that still wait gets through.
    for (let turn = 0; turn < learners.length; turn += 1)
      for (const learner of learners) await synchronise(learner);
    for (const learner of learners) assert.deepEqual(learner.statistics("a"), { count: 20, sum: 10 });
  });

  it("keeps rewards that came while it wrote", async () => {
    const learner = createLearner(store, key);
    learner.add({ arm: "a", reward: 1 }, 0.5);
    const writing = learner.synchronise(0.5, undefined);
    learner.add({ arm: "b", reward: 1 }, 0.5);
    await writing;
    assert.deepEqual(learner.statistics("a"), { count: 0.5, sum: 0.5 });
    assert.deepEqual(learner.statistics("b"), { count: 1, sum: 1 });
    await synchronise(learner, 0.5);
    const again = createLearner(store, key);
    await synchronise(again, 0.5);
    assert.deepEqual(again.statistics("a"), { count: 0.5, sum: 0.5 });
    assert.deepEqual(again.statistics("b"), { count: 1, sum: 1 });
  });
});
