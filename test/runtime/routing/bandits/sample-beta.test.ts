import assert from "node:assert/strict";
import { sampleBeta } from "../../../../runtime/routing/bandits/sample-beta.ts";
import { seededRandom } from "../seeded-random.ts";

describe("sampleBeta", () => {
  for (const [alpha, beta] of [
    [1, 1],
    [3, 7],
    [200, 50],
  ] as const)
    it(`has the mean and variance of Beta(${alpha}, ${beta})`, () => {
      const random = seededRandom(9);
      const samples = Array.from({ length: 50_000 }, () => sampleBeta(alpha, beta, random));
      const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
      const variance = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / samples.length;
      const total = alpha + beta;
      const expected = (alpha * beta) / (total ** 2 * (total + 1));
      assert.ok(Math.abs(mean - alpha / total) < 0.005, `mean ${mean}`);
      assert.ok(Math.abs(variance / expected - 1) < 0.03, `variance ${variance}, not ${expected}`);
    });
});
