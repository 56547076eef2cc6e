import { Counter, Registry } from "prom-client";

/** `policy`: by weights, rules or bandit; `promoted`; `error` and `slow`: the fallback, since another failed or rests. */
export type DecisionReason = "policy" | "promoted" | "error" | "slow";

export type ComparisonResult = "same" | "different" | "failed" | "dropped";

export interface RoutingMetrics {
  decided(route: string, target: string, reason: DecisionReason): void;
  failed(route: string, target: string): void;
  rewarded(route: string, target: string, reward: number): void;
  compared(route: string, target: string, result: ComparisonResult): void;
}

/** Without a registry the figures are kept to no one's use. */
export function createRoutingMetrics(registry = new Registry()): RoutingMetrics {
  const counter = <Label extends string>(name: string, help: string, ...labels: Label[]) =>
    new Counter({ name, help, labelNames: ["route", "target", ...labels] as const, registers: [registry] });
  const decisions = counter(
    "skyloom_route_decisions_total",
    "Requests by the target that they were sent to, and why: policy, promoted, error or slow",
    "reason",
  );
  const failures = counter("skyloom_route_failures_total", "Requests that a target failed to answer");
  const rewards = counter("skyloom_route_rewards_total", "Rewards that clients gave");
  const rewardSum = counter("skyloom_route_reward_sum", "Sum of the rewards that clients gave");
  const comparisons = counter(
    "skyloom_route_shadow_comparisons_total",
    "Copies of requests, by what came of them: same, different, failed, or dropped since too many were under way",
    "result",
  );
  return {
    decided: (route, target, reason) => decisions.inc({ route, target, reason }),
    failed: (route, target) => failures.inc({ route, target }),
    rewarded(route, target, reward) {
      rewards.inc({ route, target });
      rewardSum.inc({ route, target }, reward);
    },
    compared: (route, target, result) => comparisons.inc({ route, target, result }),
  };
}
