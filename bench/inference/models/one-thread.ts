import { InferenceSession, Tensor } from "onnxruntime-node";
import { type BenchModel, shapeOf } from "./bench-model.ts";

/** ONNX Runtime as every server has it here: one thread a session, since requests are what runs side by side. */
export async function openSession(onnx: Uint8Array): Promise<InferenceSession> {
  return await InferenceSession.create(onnx, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
}

/** What the session is fed with: the same row so many times. */
export function feedsOf(
  { input, sample }: Pick<BenchModel, "input" | "sample">,
  rows: number,
): Record<string, Tensor> {
  const type = input.datatype === "INT64" ? "int64" : "float32";
  return { [input.name]: new Tensor(type, repeated(sample, rows), shapeOf(input, rows)) };
}

function repeated(sample: BenchModel["sample"], times: number): BenchModel["sample"] {
  if (sample instanceof BigInt64Array) {
    const all = new BigInt64Array(sample.length * times);
    for (let row = 0; row < times; row += 1) all.set(sample, row * sample.length);
    return all;
  }
  const all = new Float32Array(sample.length * times);
  for (let row = 0; row < times; row += 1) all.set(sample, row * sample.length);
  return all;
}
