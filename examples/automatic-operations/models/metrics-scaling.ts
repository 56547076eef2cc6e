import type { OnnxNode, OnnxTensor } from "../../../runtime/learning/onnx/encode-model.ts";
import { type MetricName, metricNames } from "../data/server-profile.ts";

/**
 * How raw metrics become the sequence model's inputs. Percentages stay linear; what differs by factors between
 * servers (latency, error rate, connections) is taken as logarithm. Each metric is then given twice: against the mean
 * of all training servers, and against this server's own first minutes, which makes unknown servers comparable.
 */
export interface MetricsScaling {
  mean: number[];
  deviation: number[];
  /** Standard deviation of the difference to the first minutes. */
  relativeDeviation: number[];
}

/** Added before the logarithm, so that it stays finite at 0; absent: the metric stays linear. */
const logarithmOffsets: Partial<Record<MetricName, number>> = { latency: 1, errorRate: 0.1, connections: 1 };

/** Rows at the window's beginning whose mean is the server's own level. */
const referenceMinutes = 5;

/** Inputs of the sequence model for each minute. */
export const scaledWidth = 2 * metricNames.length;

export function fitScaling(windows: number[][][]): MetricsScaling {
  const linear = windows.map((window) => window.map(compress));
  const rows = linear.flat();
  const relativeRows = linear.flatMap((window) => {
    const reference = meanRow(window.slice(0, referenceMinutes));
    return window.map((row) => row.map((value, metric) => value - (reference[metric] ?? 0)));
  });
  const mean = meanRow(rows);
  return {
    mean,
    deviation: deviationRow(rows, mean),
    relativeDeviation: deviationRow(relativeRows, meanRow(relativeRows)),
  };
}

/** One window as the sequence model's inputs; the exported graph computes the same (scalingNodes). */
export function scaleMetrics(window: number[][], scaling: MetricsScaling): number[][] {
  const linear = window.map(compress);
  const reference = meanRow(linear.slice(0, referenceMinutes));
  return linear.map((row) => [
    ...row.map((value, metric) => (value - (scaling.mean[metric] ?? 0)) / (scaling.deviation[metric] ?? 1)),
    ...row.map(
      (value, metric) => (value - (reference[metric] ?? 0)) / (scaling.relativeDeviation[metric] ?? 1),
    ),
  ]);
}

/** The same computation as ONNX nodes that read `input` and compute `output`. */
export function scalingNodes(input: string, output: string, scaling: MetricsScaling) {
  const constant = (name: string, values: number[]): OnnxTensor => ({
    name: `scaling/${name}`,
    shape: [values.length],
    data: new Float32Array(values),
  });
  const whole = (name: string, value: number): OnnxTensor => ({
    name: `scaling/${name}`,
    shape: [1],
    data: BigInt64Array.of(BigInt(value)),
  });
  const node = (
    operator: string,
    inputs: string[],
    to: string,
    attributes?: OnnxNode["attributes"],
  ): OnnxNode => ({
    operator,
    inputs: inputs.map((name) => (name === input ? name : `scaling/${name}`)),
    outputs: [to === output ? to : `scaling/${to}`],
    ...(attributes && { attributes }),
  });
  const initializers = [
    constant(
      "offsets",
      metricNames.map((name) => logarithmOffsets[name] ?? 1),
    ),
    constant(
      "logarithmic",
      metricNames.map((name) => (logarithmOffsets[name] === undefined ? 0 : 1)),
    ),
    constant(
      "linear",
      metricNames.map((name) => (logarithmOffsets[name] === undefined ? 0.01 : 0)),
    ),
    constant("mean", scaling.mean),
    constant("deviation", scaling.deviation),
    constant("relativeDeviation", scaling.relativeDeviation),
    whole("first", 0),
    whole("referenceEnd", referenceMinutes),
    whole("timeAxis", 1),
  ];
  const nodes = [
    node("Relu", [input], "possible"),
    node("Add", ["possible", "offsets"], "positive"),
    node("Log", ["positive"], "logarithms"),
    node("Mul", ["logarithms", "logarithmic"], "logarithmicPart"),
    node("Mul", ["possible", "linear"], "linearPart"),
    node("Add", ["logarithmicPart", "linearPart"], "compressed"),
    node("Sub", ["compressed", "mean"], "centred"),
    node("Div", ["centred", "deviation"], "absolute"),
    node("Slice", ["compressed", "first", "referenceEnd", "timeAxis"], "firstMinutes"),
    node("ReduceMean", ["firstMinutes"], "reference", { axes: [1], keepdims: 1 }),
    node("Sub", ["compressed", "reference"], "difference"),
    node("Div", ["difference", "relativeDeviation"], "relative"),
    node("Concat", ["absolute", "relative"], output, { axis: 2 }),
  ];
  return { nodes, initializers };
}

function compress(row: number[]): number[] {
  return row.map((value, metric) => {
    const name = metricNames[metric];
    const offset = name && logarithmOffsets[name];
    const possible = Math.max(0, value);
    return offset === undefined ? possible * 0.01 : Math.log(possible + offset);
  });
}

function meanRow(rows: number[][]): number[] {
  return metricNames.map((_, metric) => rows.reduce((sum, row) => sum + (row[metric] ?? 0), 0) / rows.length);
}

function deviationRow(rows: number[][], mean: number[]): number[] {
  return metricNames.map((_, metric) =>
    Math.sqrt(
      rows.reduce((sum, row) => sum + ((row[metric] ?? 0) - (mean[metric] ?? 0)) ** 2, 0) / rows.length,
    ),
  );
}
