import type { BanditRoute } from "../route.ts";
import type { ArmStatistics } from "./arm-statistics.ts";
import { chooseByLinUcb } from "./linucb.ts";
import { chooseByThompson } from "./thompson.ts";
import { chooseByUcb1 } from "./ucb1.ts";

/** The place of the arm that the route's algorithm chooses; each gets its floor of traffic whatever was learnt. */
export function chooseArm(
  route: BanditRoute,
  arms: ArmStatistics[],
  features: number[] | undefined,
  random: () => number,
): number {
  const point = random();
  if (point < route.floor * arms.length) return Math.min(arms.length - 1, Math.floor(point / route.floor));
  switch (route.algorithm) {
    case "thompson":
      return chooseByThompson(arms, random);
    case "ucb1":
      return chooseByUcb1(arms, route.exploration);
    case "linucb":
      return chooseByLinUcb(arms, features ?? [], route.exploration);
  }
}
