import { Counter, Registry } from "prom-client";

/** `policy`: by weights, rules or bandit; `promoted`; `error` and `slow`: the fallback, since another failed or rests. */
export type DecisionReason = "policy" | "promoted" | "error" | "slow";

export type ComparisonResult = "same" | "different" | "failed" | "dropped";

/** What was counted of one target of a route since the start. */
export interface TargetFigures {
  /** By reason. */
  decisions: Partial<Record<DecisionReason, number>>;
  failures: number;
  rewards: { count: number; sum: number };
}

export interface RoutingMetrics {
  decided(route: string, target: string, reason: DecisionReason): void;
  failed(route: string, target: string): void;
  rewarded(route: string, target: string, reward: number): void;
  compared(route: string, target: string, result: ComparisonResult): void;
  /** Of all targets of a route that were decided for, by their names. */
  read(route: string): Promise<Map<string, TargetFigures>>;
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

  async function read(route: string): Promise<Map<string, TargetFigures>> {
    const targets = new Map<string, TargetFigures>();
    const figuresOf = (target: string): TargetFigures => {
      const known = targets.get(target) ?? { decisions: {}, failures: 0, rewards: { count: 0, sum: 0 } };
      targets.set(target, known);
      return known;
    };
    const each = async (
      metric: Counter<string>,
      take: (figures: TargetFigures, value: number, reason: string) => void,
    ) => {
      for (const { labels, value } of (await metric.get()).values)
        if (labels.route === route) take(figuresOf(String(labels.target)), value, String(labels.reason));
    };
    await each(decisions, (figures, value, reason) => {
      figures.decisions[reason as DecisionReason] = value;
    });
    await each(failures, (figures, value) => {
      figures.failures = value;
    });
    await each(rewards, (figures, value) => {
      figures.rewards.count = value;
    });
    await each(rewardSum, (figures, value) => {
      figures.rewards.sum = value;
    });
    return targets;
  }

  return {
    read,
    decided: (route, target, reason) => decisions.inc({ route, target, reason }),
    failed: (route, target) => failures.inc({ route, target }),
    rewarded(route, target, reward) {
      rewards.inc({ route, target });
      rewardSum.inc({ route, target }, reward);
    },
    compared: (route, target, result) => comparisons.inc({ route, target, result }),
  };
}
