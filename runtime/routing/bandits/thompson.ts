import type { ArmStatistics } from "./arm-statistics.ts";
import { bestOf } from "./best-of.ts";
import { sampleBeta } from "./sample-beta.ts";

/**
 * Thompson sampling: the arm whose sample of its Beta distribution, from a uniform prior, is the highest. A reward r
 * between 0 and 1 counts as r successes and 1 - r failures; for 0 and 1 that is the Bernoulli bandit.
 */
export function chooseByThompson(arms: ArmStatistics[], random: () => number): number {
  return bestOf(arms, ({ count, sum }) => sampleBeta(1 + sum, 1 + Math.max(0, count - sum), random));
}
