import type { RoutingReport } from "../inference/report/model-report.ts";
import { versionOf } from "./route.ts";
import type { Routes } from "./routes.ts";
import type { RoutingMetrics } from "./routing-metrics.ts";

/** What each route sent to a model since the start, and what clients thought of it. */
export async function routingReport(
  model: string,
  { routes, metrics }: { routes: Pick<Routes, "all">; metrics: Pick<RoutingMetrics, "read"> },
): Promise<RoutingReport[]> {
  const reports: RoutingReport[] = [];
  for (const { stored, serving } of routes.all()) {
    const { route, promoted } = serving;
    const targets = Object.entries(route.targets).filter(([, target]) => target.model === model);
    if (targets.length === 0) continue;
    const measured = await metrics.read(stored.name);
    const all = [...measured.values()].reduce((sum, { decisions }) => sum + sumOf(decisions), 0);
    for (const [name, target] of targets) {
      const { decisions = {}, failures = 0, rewards = { count: 0, sum: 0 } } = measured.get(name) ?? {};
      reports.push({
        route: stored.name,
        kind: route.kind,
        target: name,
        version: versionOf(target) ?? null,
        isPromoted: promoted === name,
        decisions,
        share: all === 0 ? null : sumOf(decisions) / all,
        failures,
        rewards: { count: rewards.count, mean: rewards.count === 0 ? null : rewards.sum / rewards.count },
      });
    }
  }
  return reports;
}

function sumOf(decisions: Partial<Record<string, number>>): number {
  return Object.values(decisions).reduce<number>((sum, count = 0) => sum + count, 0);
}
