import assert from "node:assert/strict";
import {
  fitThresholds,
  thresholdAlarm,
} from "../../../../examples/automatic-operations/baselines/threshold-baseline.ts";
import {
  generateDataset,
  type LabelledWindow,
} from "../../../../examples/automatic-operations/data/dataset.ts";
import { detectionFigures } from "../../../../examples/automatic-operations/evaluation-figures.ts";

const flat = (cpu: number, fault?: "cpu-runaway"): LabelledWindow => ({
  server: "s",
  metrics: Array.from({ length: 30 }, () => [cpu, 40, 50, 0.1, 30, 100]),
  logs: [],
  fault,
});

describe("the fixed threshold", () => {
  it("finds the limits that part the training windows, where there are such limits", () => {
    const windows = [
      ...Array.from({ length: 20 }, (_, index) => flat(20 + index)),
      ...Array.from({ length: 20 }, (_, index) => flat(60 + index, "cpu-runaway")),
    ];
    const baseline = fitThresholds(windows);
    assert.ok(windows.every((window) => thresholdAlarm(baseline, window) === (window.fault !== undefined)));
  });

  it("is fitted as well as it can be: no other limit of one metric has a better F1 in training", () => {
    const { training } = generateDataset({
      seed: 5,
      trainingServers: 20,
      heldOutServers: 1,
      windowsPerServer: 10,
    });
    const actual = training.map(({ fault }) => fault !== undefined);
    const f1 = (baseline: ReturnType<typeof fitThresholds>) =>
      detectionFigures(
        training.map((window) => thresholdAlarm(baseline, window)),
        actual,
      ).f1;
    const best = fitThresholds(training);
    const reached = f1(best);
    assert.ok(reached > 2 / 3, `${reached} is no better than to alarm always`);
    best.thresholds.forEach((limit, metric) => {
      for (const factor of [0.5, 0.8, 0.9, 1.1, 1.25, 2]) {
        const other = { ...best, thresholds: best.thresholds.with(metric, limit * factor) };
        // Limits are searched among 100 quantiles, so a little may be left between two of them.
        assert.ok(
          f1(other) <= reached + 0.01,
          `metric ${metric}, limit ${limit * factor}: ${f1(other)} > ${reached}`,
        );
      }
    });
  });
});
