import { Registry } from "prom-client";
import type { Inference } from "../../../runtime/inference/inference.ts";
import { createRoutes, type Routes, type RoutesOptions } from "../../../runtime/routing/routes.ts";
import { createRoutingMetrics } from "../../../runtime/routing/routing-metrics.ts";
import { withRoutes } from "../../../runtime/routing/with-routes.ts";
import { useEngines } from "../inference/engine-fixture.ts";
import { seededRandom } from "./seeded-random.ts";

export interface Replica {
  routes: Routes;
  inference: Inference;
  registry: Registry;
  /** Of a counter's samples with these labels. */
  count(metric: string, labels: Record<string, string>): Promise<number>;
}

/** Replicas on one bucket of their own for each test of a describe block. Their own look at the bucket is off. */
export function useReplicas() {
  const engines = useEngines();
  const started: Routes[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((routes) => routes.close()));
  });
  return {
    engines,
    async start({
      clock,
      models = engines.start(),
      ...options
    }: Partial<RoutesOptions> & { clock?: () => number; models?: Inference } = {}): Promise<Replica> {
      const registry = new Registry();
      const metrics = createRoutingMetrics(registry);
      const random = options.random ?? seededRandom(7);
      const routes = createRoutes({
        store: engines.store,
        metrics,
        checkSeconds: 3600,
        decisionWaitSeconds: 0,
        ...options,
        random,
      });
      started.push(routes);
      await routes.refresh();
      const inference = withRoutes(models, {
        routes,
        metrics,
        random,
        ...(clock === undefined ? {} : { clock }),
      });
      return {
        routes,
        inference,
        registry,
        async count(metric, labels) {
          const { values } = (await registry.getSingleMetric(metric)?.get()) ?? { values: [] };
          return values
            .filter((sample) =>
              Object.entries(labels).every(([name, value]) => sample.labels[name] === value),
            )
            .reduce((sum, { value }) => sum + value, 0);
        },
      };
    },
  };
}
