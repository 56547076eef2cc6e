import type { Tensor } from "../datatypes.ts";
import { fromHalfPrecision } from "../half-precision.ts";
import type { TensorMetadata } from "../inference.ts";

/** (x - mean) / standardDeviation, for each channel or feature its own, as in training. */
export interface Normalise {
  type: "normalise";
  /** Name of the external input, of numbers. */
  input: string;
  /** Name of the model's own input, FP32 of the same shape. */
  output: string;
  /** One for all elements, or one for each place along the axis. */
  mean: number[];
  standardDeviation: number[];
  /** The dimension of channels or features. Default: the last. */
  axis?: number | undefined;
}

/** The dimension of channels or features. */
export function axisOf({ axis }: Pick<Normalise, "axis">, { shape }: Pick<TensorMetadata, "shape">): number {
  return axis ?? Math.max(0, shape.length - 1);
}

export function normalise(input: Tensor, step: Normalise): Tensor {
  const { shape } = input;
  const axis = axisOf(step, input);
  const channels = shape[axis] ?? 1;
  /** Elements that follow each other within one channel. */
  const run = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const means = spread(step.mean, channels);
  const factors = spread(step.standardDeviation, channels).map((deviation) => 1 / deviation);
  const read = reader(input);
  const data = new Float32Array(input.data.length);
  for (let start = 0, channel = 0; start < data.length; start += run) {
    const mean = means[channel] as number;
    const factor = factors[channel] as number;
    for (let index = start; index < start + run; index += 1) data[index] = (read(index) - mean) * factor;
    channel = channel + 1 === channels ? 0 : channel + 1;
  }
  return { name: step.output, datatype: "FP32", shape, data };
}

function spread(values: number[], count: number): number[] {
  return values.length === 1 ? new Array(count).fill(values[0]) : values;
}

function reader({ datatype, data }: Tensor): (index: number) => number {
  if (datatype === "FP16") return (index) => fromHalfPrecision(data[index] as number);
  if (datatype === "INT64" || datatype === "UINT64") return (index) => Number(data[index]);
  return (index) => data[index] as number;
}
