import type { LabelledWindow } from "../data/dataset.ts";
import { metricNames } from "../data/server-profile.ts";
import { detectionFigures } from "../evaluation-figures.ts";

/** How a window of one metric becomes the number that is compared with the threshold. */
const statistics = {
  last: (values: number[]) => values.at(-1) ?? 0,
  "mean of the last five": (values: number[]) => values.slice(-5).reduce((sum, value) => sum + value, 0) / 5,
  maximum: (values: number[]) => Math.max(...values),
};

type Statistic = keyof typeof statistics;

export interface ThresholdBaseline {
  statistic: Statistic;
  /** One for each metric; Infinity: the metric never raises the alarm. */
  thresholds: number[];
}

/** What most monitoring does: alarm as soon as one metric is above its fixed limit. */
export function thresholdAlarm(baseline: ThresholdBaseline, window: LabelledWindow): boolean {
  const values = statisticValues(window, baseline.statistic);
  return values.some((value, metric) => value > (baseline.thresholds[metric] ?? Infinity));
}

/** The statistic and the limits with the best F1 on the training windows. */
export function fitThresholds(windows: LabelledWindow[]): ThresholdBaseline {
  const actual = windows.map((window) => window.fault !== undefined);
  const fitted = (Object.keys(statistics) as Statistic[]).flatMap((statistic) => {
    const values = windows.map((window) => statisticValues(window, statistic));
    const healthy = metricNames.map((_, metric) =>
      ascending(values.filter((_, index) => !actual[index]).map((row) => row[metric] ?? 0)),
    );
    return startingShares.map((share) => {
      const start = healthy.map((sorted) => quantile(sorted, share));
      return { statistic, ...bestThresholds(values, actual, start) };
    });
  });
  const best = fitted.reduce((one, other) => (other.f1 > one.f1 ? other : one));
  return { statistic: best.statistic, thresholds: best.thresholds };
}

/** Shares of the healthy windows below the limits that the search begins with; it is repeated from each. */
const startingShares = [0.7, 0.8, 0.9, 0.95, 0.98, 1];

/** Coordinate ascent: the best limit of one metric with the others held, until a round changes nothing. */
function bestThresholds(values: number[][], actual: boolean[], start: number[]) {
  const candidates = metricNames.map((_, metric) => {
    const sorted = ascending(values.map((row) => row[metric] ?? 0));
    return Array.from({ length: 101 }, (_, percent) => quantile(sorted, percent / 100));
  });
  const thresholds = [...start];
  let best = 0;
  for (let improved = true; improved; ) {
    improved = false;
    metricNames.forEach((_, metric) => {
      const others = values.map((row) =>
        row.some((value, other) => other !== metric && value > (thresholds[other] ?? Infinity)),
      );
      for (const candidate of candidates[metric] ?? []) {
        const alarms = values.map((row, index) => others[index] || (row[metric] ?? 0) > candidate);
        const { f1 } = detectionFigures(alarms, actual);
        if (f1 <= best) continue;
        best = f1;
        thresholds[metric] = candidate;
        improved = true;
      }
    });
  }
  return { f1: best, thresholds };
}

const ascending = (values: number[]) => values.sort((one, other) => one - other);

/** The value that the share of the sorted values does not exceed. */
function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

function statisticValues(window: LabelledWindow, statistic: Statistic): number[] {
  return metricNames.map((_, metric) => statistics[statistic](window.metrics.map((row) => row[metric] ?? 0)));
}
