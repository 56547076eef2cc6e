// The bare loop: ONNX Runtime in a process of its own, no HTTP, one thread. `node bare-loop.ts FILE`, then orders by
// message.
import { readFileSync } from "node:fs";
import { percentile } from "./load/statistics.ts";
import type { BenchModel } from "./models/bench-model.ts";
import { feedsOf, openSession } from "./models/one-thread.ts";

export interface BareOrder extends Pick<BenchModel, "input" | "sample"> {
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

const session = await openSession(readFileSync(process.argv[2] as string));
process.on("message", async (order: BareOrder) => process.send?.(await run(order)));
process.on("disconnect", () => process.exit());
process.send?.("ready");

async function run({ batch, seconds, ...row }: BareOrder): Promise<BareFigures> {
  const feeds = feedsOf(row, batch);
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
