import assert from "node:assert/strict";
import { addRewards } from "../../../../runtime/routing/bandits/arm-statistics.ts";

describe("addRewards", () => {
  it("adds counts and sums by arm, and leaves the given state as it is", () => {
    const state = { a: { count: 1, sum: 1 } };
    const added = addRewards(
      state,
      [
        { arm: "a", reward: 0.5 },
        { arm: "b", reward: 1 },
      ],
      1,
    );
    assert.deepEqual(added, { a: { count: 2, sum: 1.5 }, b: { count: 1, sum: 1 } });
    assert.deepEqual(state, { a: { count: 1, sum: 1 } });
  });

  it("discounts every arm before each reward, and forgets one of which nothing is left", () => {
    const rewards = [1, 1, 1].map((reward) => ({ arm: "a", reward }));
    const added = addRewards({ b: { count: 4, sum: 2 }, c: { count: 5e-6, sum: 0 } }, rewards, 0.5);
    assert.deepEqual(added, { a: { count: 1.75, sum: 1.75 }, b: { count: 0.5, sum: 0.25 } });
  });

  it("sums the products of features, and features by their reward", () => {
    const rewards = [
      { arm: "a", reward: 1, features: [1, 2] },
      { arm: "a", reward: 0.5, features: [1, 4] },
    ];
    assert.deepEqual(addRewards({}, rewards, 1).a, {
      count: 2,
      sum: 1.5,
      products: [2, 6, 6, 20],
      rewarded: [1.5, 4],
    });
  });
});
