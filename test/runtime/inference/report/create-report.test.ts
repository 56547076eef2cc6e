import assert from "node:assert/strict";
import type { MeasuredVersion, Stage } from "../../../../runtime/inference/inference-metrics.ts";
import type { ModelManifest } from "../../../../runtime/inference/manifest.ts";
import {
  reportVersion,
  stages,
  type VersionSources,
} from "../../../../runtime/inference/report/create-report.ts";
import { diamond } from "../ensemble-models.ts";
import { scaleModel } from "../models.ts";

const { files: _files, ...description } = scaleModel(1);
const scale: ModelManifest = {
  ...description,
  version: 1,
  platform: "onnxruntime_onnx",
  createdAt: "2026-01-01T00:00:00Z",
  files: [],
};

function measured(
  seconds: Partial<Record<Stage, number>>,
  rest: Partial<MeasuredVersion> = {},
): MeasuredVersion {
  const histogram = (sum: number, count: number) => ({
    count,
    sum,
    buckets: [{ bound: Number.POSITIVE_INFINITY, count }],
  });
  return {
    requests: 100,
    failures: {},
    stages: Object.fromEntries(stages.map((stage) => [stage, histogram((seconds[stage] ?? 0) * 100, 100)])),
    total: histogram(1, 100),
    batchSizes: histogram(100, 100),
    cache: { hits: 0, misses: 0 },
    ...rest,
  };
}

function report(
  manifest: ModelManifest,
  figures: MeasuredVersion | undefined,
  workers = 1,
  batchSizes?: VersionSources["batchSizes"],
) {
  return reportVersion({
    manifest,
    isCurrent: true,
    aliases: [],
    loaded: undefined,
    waiting: 0,
    batchSizes,
    measured: figures,
    statistics: undefined,
    steps: [
      { model: "double", measured: measured({ compute: 0.001 }) },
      { model: "triple", measured: measured({ compute: 0.004, queue: 0.001 }) },
    ],
    windowSeconds: 50,
    workers,
  });
}

describe("report of a version: bottleneck and advice", () => {
  /** Nothing succeeded, so that no stage has a share. */
  const idle = { stages: {}, total: undefined };
  const waiting = { parse: 0.001, queue: 0.007, compute: 0.001, serialise: 0.001 };

  it("tells the size of batches that was learned, once there is one", () => {
    const measuredSizes = [
      { rows: 1, secondsPerRow: 0.03 },
      { rows: 2, secondsPerRow: 0.02 },
    ];
    const learned = (best: number | undefined) =>
      report(scale, measured(waiting), 1, { best, measured: measuredSizes }).batches.learned;
    assert.deepEqual(learned(2), { best: 2, measured: measuredSizes });
    assert.equal(learned(undefined), null);
    assert.equal(report(scale, measured(waiting)).batches.learned, null);
  });

  it("tells shares, rates and the stage that limits", () => {
    const { bottleneck, latencySeconds, traffic } = report(scale, measured(waiting));
    assert.equal(bottleneck?.stage, "queue");
    assert.ok(Math.abs((bottleneck?.share ?? 0) - 0.7) < 1e-9);
    assert.ok(Math.abs((latencySeconds.parse.share ?? 0) - 0.1) < 1e-9);
    assert.equal(traffic.requestsPerSecond, 2);
  });

  it("tells what passes between the stages", () => {
    const { handoverSeconds, latencySeconds, bottleneck } = report(
      scale,
      measured({ parse: 0.001, queue: 0.001, compute: 0.002, serialise: 0 }),
    );
    assert.ok(Math.abs((handoverSeconds.mean ?? 0) - 0.006) < 1e-9);
    assert.ok(Math.abs(latencySeconds.compute.share - 0.2) < 1e-9);
    assert.equal(bottleneck?.stage, "handover");
    assert.ok(Math.abs((bottleneck?.share ?? 0) - 0.6) < 1e-9);
    assert.deepEqual(report(scale, undefined).handoverSeconds, { mean: null, share: 0 });
  });

  const cases: [string, ReturnType<typeof report>, RegExp][] = [
    ["batching where there is none", report(scale, measured(waiting)), /set batching in the manifest/],
    [
      "larger batches where they are full",
      report(
        { ...scale, batching: { maximumSize: 4 } },
        measured(waiting, { batchSizes: { count: 10, sum: 38, buckets: [] } }),
      ),
      /full \(3\.8 rows on average\): raise batching\.maximumSize above 4/,
    ],
    [
      "a shorter delay where requests wait no longer than it",
      report({ ...scale, batching: { maximumSize: 32, maximumDelaySeconds: 0.01 } }, measured(waiting)),
      /batching\.maximumDelaySeconds \(0\.01\).+ lower it/,
    ],
    [
      "replicas where there are more workers than processors",
      report({ ...scale, batching: {}, workers: 64 }, measured(waiting)),
      /run more replicas/,
    ],
    ["binary requests", report(scale, measured({ ...waiting, parse: 1 })), /binary_data_size/],
    ["binary answers", report(scale, measured({ ...waiting, serialise: 1 })), /binary_data_output/],
    [
      "a faster graph or a GPU",
      report(scale, measured({ ...waiting, compute: 1 })),
      /SKYLOOM_EXECUTION_PROVIDERS/,
    ],
    [
      "more processors where requests wait for them between the stages",
      report(scale, measured({ compute: 0.001 })),
      /90 % of the time, 9\.00 ms each: the processors \(\d+\) are busy/,
    ],
    [
      "more rows for each request where the way to the worker is most of it",
      report(scale, measured({ compute: 0.0001 }, { total: { count: 100, sum: 0.05, buckets: [] } })),
      /80 % of the time, 0\.40 ms each, .+ several rows into one request/,
    ],
    [
      "the setting that failures ask for",
      report(scale, measured({}, { ...idle, failures: { overloaded: 25 } })),
      /^25 requests \(25 %\) failed with overloaded: raise queue\.maximumLength in the manifest \(1000\)/,
    ],
    [
      "no cache where it is of no use",
      report(
        { ...scale, cache: { maximumBytes: 1 } },
        measured({}, { ...idle, cache: { hits: 1, misses: 99 } }),
      ),
      /1\.0 % of requests: take cache out/,
    ],
    ["nothing where nothing was measured", report(scale, undefined), /Nothing was measured yet/],
  ];
  for (const [title, { advice }, expected] of cases)
    it(`advises ${title}`, () => {
      assert.equal(advice.length, 1, advice.join("\n"));
      assert.match(advice[0] ?? "", expected);
    });

  it("names the slowest model of an ensemble", () => {
    const { files: _none, ...ensemble } = diamond();
    const manifest: ModelManifest = { ...scale, ...ensemble, model: undefined, platform: "ensemble" };
    const { advice } = report(manifest, measured({ ...waiting, compute: 1 }));
    assert.match(
      advice[0] ?? "",
      /triple is the slowest of them with 5\.00 ms .+ \/v1\/models\/triple\/report/,
    );
  });
});
