import assert from "node:assert/strict";
import { chooseByLinUcb } from "../../../../runtime/routing/bandits/linucb.ts";

describe("chooseByLinUcb", () => {
  // A = [[3, 1], [1, 2]], so A⁻¹ = [[0.4, -0.2], [-0.2, 0.6]]; b = [2, 1], so θ = [0.6, 0.2].
  const known = { count: 2, sum: 2, products: [2, 1, 1, 1], rewarded: [2, 1] };
  const flat = (theta: number) => ({
    count: 1,
    sum: 1,
    products: [0, 0, 0, 0],
    rewarded: [theta, 0],
  });

  it("scores by the model that solves the equations", () => {
    // For x = [1, 2] the mean is 1.0.
    assert.equal(chooseByLinUcb([known, flat(0.99)], [1, 2], 0), 0);
    assert.equal(chooseByLinUcb([known, flat(1.01)], [1, 2], 0), 1);
  });

  it("adds the uncertainty", () => {
    // √(x·A⁻¹·x) = √2 for x = [1, 2]; the other arm, without observations, has √5.
    assert.equal(chooseByLinUcb([known, { count: 0, sum: 0 }], [1, 2], 1.2), 0);
    assert.equal(chooseByLinUcb([known, { count: 0, sum: 0 }], [1, 2], 1.3), 1);
  });
});
