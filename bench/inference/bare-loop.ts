// The bare loop: ONNX Runtime in a process of its own, no HTTP, one thread. `node bare-loop.ts MODEL`, then orders by
// message.
import { InferenceSession, Tensor } from "onnxruntime-node";
import { percentile } from "./load/statistics.ts";
import { type ModelName, shapeOf } from "./models/bench-model.ts";
import { makeModel } from "./models/make-model.ts";

export interface BareOrder {
  batch: number;
  seconds: number;
}

export interface BareFigures {
  /** Rows, not batches. */
  requestsPerSecond: number;
  /** Of a whole batch, since all of its rows wait for it. */
  p50Ms: number;
  p99Ms: number;
  /** Rows with those of the warm-up. */
  allRequests: number;
}

const LEAST_RUNS = 3;

const model = makeModel[process.argv[2] as ModelName]();
const session = await InferenceSession.create(model.onnx, {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 4,
});
process.on("message", async (order: BareOrder) => process.send?.(await run(order)));
process.on("disconnect", () => process.exit());
process.send?.("ready");

async function run({ batch, seconds }: BareOrder): Promise<BareFigures> {
  const input = new Tensor(
    model.input.datatype === "INT64" ? "int64" : "float32",
    repeated(model.sample, batch),
    shapeOf(model.input, batch),
  );
  const feeds = { [model.input.name]: input };
  await session.run(feeds);
  const latencies: number[] = [];
  const started = performance.now();
  let now = started;
  while (now - started < seconds * 1000 || latencies.length < LEAST_RUNS) {
    const begun = now;
    await session.run(feeds);
    now = performance.now();
    latencies.push(now - begun);
  }
  return {
    requestsPerSecond: (latencies.length * batch * 1000) / (now - started),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    allRequests: (latencies.length + 1) * batch,
  };
}

function repeated(sample: Float32Array | BigInt64Array, times: number): Float32Array | BigInt64Array {
  if (sample instanceof BigInt64Array) {
    const all = new BigInt64Array(sample.length * times);
    for (let row = 0; row < times; row += 1) all.set(sample, row * sample.length);
    return all;
  }
  const all = new Float32Array(sample.length * times);
  for (let row = 0; row < times; row += 1) all.set(sample, row * sample.length);
  return all;
}
