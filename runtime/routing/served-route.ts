import { armKey } from "./bandits/arm-key.ts";
import { chooseArm } from "./bandits/choose-arm.ts";
import type { Learner } from "./bandits/learner.ts";
import { chooseByMatch } from "./match.ts";
import { type RoutedRequest, readFeatures } from "./request-features.ts";
import type { Route } from "./route.ts";
import type { HistoryEntry, StoredRoute } from "./route-repository.ts";
import type { DecisionReason } from "./routing-metrics.ts";
import { createSlowTargets, type SlowTargets } from "./slow-targets.ts";
import { chooseBySplit } from "./split.ts";

export interface Choice {
  target: string;
  reason: DecisionReason;
  /** Of the request, where a bandit chose by them. */
  features?: number[] | undefined;
}

/** A route as this replica has it in memory. */
export interface ServedRoute {
  stored: StoredRoute;
  serving: HistoryEntry;
  slow: SlowTargets | undefined;
  /** Of bandits. */
  learner: Learner | undefined;
  /** @throws ApiError `invalid-request` (400) where the request lacks what the route chooses by */
  choose(request: RoutedRequest): Choice;
}

export function createServedRoute(
  stored: StoredRoute,
  { learner, random, now }: { learner: Learner | undefined; random: () => number; now: () => number },
): ServedRoute {
  const serving = stored.history.at(-1) as HistoryEntry;
  const { route, promoted } = serving;
  const slow = route.slow === undefined ? undefined : createSlowTargets(route.slow, now);

  const targets = Object.keys(route.targets);
  const arms = route.kind === "bandit" ? targets.map((target) => armKey(route, target)) : [];

  function chooseByBandit(bandit: Extract<Route, { kind: "bandit" }>, request: RoutedRequest): Choice {
    const features = bandit.algorithm === "linucb" ? readFeatures(bandit.features, request) : undefined;
    const statistics = arms.map((arm) => learner?.statistics(arm) ?? { count: 0, sum: 0 });
    const target = targets[chooseArm(bandit, statistics, features, random)] as string;
    return { target, reason: "policy", features };
  }

  function chooseByKind(request: RoutedRequest): Choice {
    switch (route.kind) {
      case "split":
        return { target: chooseBySplit(route, random), reason: "policy" };
      case "match":
        return { target: chooseByMatch(route, request.header), reason: "policy" };
      case "shadow":
        return { target: route.primary, reason: "policy" };
      case "bandit":
        return chooseByBandit(route, request);
    }
  }

  return {
    stored,
    serving,
    slow,
    learner,
    choose(request) {
      const choice: Choice =
        promoted === undefined ? chooseByKind(request) : { target: promoted, reason: "promoted" };
      const { fallback } = route;
      if (fallback === undefined || choice.target === fallback || slow?.isResting(choice.target) !== true)
        return choice;
      return { ...choice, target: fallback, reason: "slow" };
    },
  };
}
