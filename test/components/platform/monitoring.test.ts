import assert from "node:assert/strict";
import { join } from "node:path";
import { parser } from "@prometheus-io/lezer-promql";
import { gpuMetricNames } from "../../../components/platform/monitoring/gpu-counters.ts";
import { alarmRules, dashboards } from "../../../components/platform/monitoring.ts";
import { createInferenceMetrics } from "../../../runtime/inference/inference-metrics.ts";
import { createMetricsRegistry, measureRequests } from "../../../runtime/monitoring/http-metrics.ts";
import { createLocalObjectStore } from "../../../runtime/object-store/local.ts";
import { createQueue } from "../../../runtime/queue/create-queue.ts";
import { measureRuns } from "../../../runtime/workflows/run-metrics.ts";
import { createRunRepository } from "../../../runtime/workflows/run-repository.ts";
import { temporaryFolder } from "../../runtime/workflows/temporary-folder.ts";

interface Dashboard {
  uid: string;
  panels: { title: string; targets: { expr: string }[] }[];
}

/** Names of the metrics in an expression. @throws AssertionError where it is no PromQL. */
function metricsIn(expression: string): string[] {
  const names: string[] = [];
  parser.parse(expression).iterate({
    enter({ type, from, to }) {
      assert.ok(!type.isError, `no PromQL at ${from}: ${expression}`);
      if (type.name === "VectorSelector") names.push(/^[\w:]*/.exec(expression.slice(from, to))?.[0] ?? "");
    },
  });
  return names;
}

describe("alarms and dashboards", () => {
  const folder = temporaryFolder();
  const parsed = Object.entries(dashboards()).map(
    ([file, content]) => [file, JSON.parse(content) as Dashboard] as const,
  );
  const rules = alarmRules().groups.flatMap((group) => group.rules);

  /** As `GET /metrics` of the runtime names them, and the GPUs' exporter. */
  async function exposed(): Promise<Set<string>> {
    const queue = await createQueue(`sqlite://${join(folder.path, "queue.db")}`);
    const registry = createMetricsRegistry(queue);
    measureRequests(registry);
    createInferenceMetrics(registry);
    const store = await createLocalObjectStore({ folder: join(folder.path, "bucket") });
    measureRuns(createRunRepository(store), registry);
    const names = (await registry.getMetricsAsJSON()).flatMap(({ name, type }) =>
      // prom-client's types are wrong: it answers with the word.
      String(type) === "histogram" ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
    );
    await queue.close();
    return new Set([...names, ...gpuMetricNames]);
  }

  it("name only metrics that are exposed", async () => {
    const known = await exposed();
    const expressions = [
      ...rules.map(({ alert, expr }) => [alert, expr] as const),
      ...parsed.flatMap(([file, { panels }]) =>
        panels.flatMap(({ title, targets }) =>
          targets.map(({ expr }) => [`${file}: ${title}`, expr] as const),
        ),
      ),
    ];
    assert.ok(expressions.length > 30);
    for (const [where, expression] of expressions) {
      const metrics = metricsIn(expression);
      assert.ok(metrics.length > 0, `${where}: ${expression}`);
      assert.deepEqual(
        metrics.filter((metric) => !known.has(metric)),
        [],
        `${where}: ${expression}`,
      );
    }
  });

  it("show the queue, runs, inference, requests and GPUs", async () => {
    const used = new Set(
      parsed
        .flatMap(([, { panels }]) => panels.flatMap((panel) => panel.targets))
        .flatMap(({ expr }) => metricsIn(expr)),
    );
    for (const metric of [
      "skyloom_queue_messages",
      "skyloom_runs_finished_total",
      "skyloom_inference_requests_total",
      "http_request_duration_seconds_bucket",
      "DCGM_FI_DEV_GPU_UTIL",
    ])
      assert.ok(used.has(metric), metric);
    assert.deepEqual([...new Set(parsed.map(([, { uid }]) => uid))].length, parsed.length);
  });

  it("say of every alarm how bad it is and what to do", () => {
    assert.ok(rules.length > 8);
    for (const { alert, for: time, labels, annotations } of rules) {
      assert.match(time, /^\d+m$/, alert);
      assert.match(labels.severity ?? "", /^(info|warning|critical)$/, alert);
      assert.match(annotations.summary, /\w+ \w+/, alert);
      assert.ok(annotations.runbook.length > 40, alert);
    }
    assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length);
  });

  it("would be noticed with a metric that nothing exposes, and with an expression that is none", async () => {
    assert.deepEqual(metricsIn('sum by (le) (rate(no_such_metric{a="b"}[5m])) / 2'), ["no_such_metric"]);
    assert.ok(!(await exposed()).has("no_such_metric"));
    assert.throws(() => metricsIn("sum by (le) (rate(no_such_metric[5m])"), /no PromQL/);
  });
});
