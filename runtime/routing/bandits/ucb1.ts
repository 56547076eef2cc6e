import type { ArmStatistics } from "./arm-statistics.ts";
import { bestOf } from "./best-of.ts";

/**
 * UCB1 (Auer, Cesa-Bianchi and Fischer, 2002): the arm with the highest mean plus exploration · √(ln n / count); one
 * without rewards comes first. On discounted figures this is Garivier and Moulines' D-UCB (2008).
 */
export function chooseByUcb1(arms: ArmStatistics[], exploration: number): number {
  const total = arms.reduce((sum, { count }) => sum + count, 0);
  return bestOf(arms, ({ count, sum }) =>
    count === 0
      ? Number.POSITIVE_INFINITY
      : sum / count + exploration * Math.sqrt(Math.log(Math.max(1, total)) / count),
  );
}
