import { join } from "node:path";
import { nodeBinary } from "../../scripts/project.mjs";
import type { BareFigures, BareOrder } from "./bare-loop.ts";
import type { BenchModel } from "./models/bench-model.ts";
import { ask, type Program, startProgram } from "./processes.ts";

const BATCHES = [1, 2, 4, 8, 16, 32, 64];
const TRIAL_SECONDS = 0.3;

export interface BareLoop {
  program: Program;
  /** The batch size, of those that so many requests at the same time can fill, with the most rows in a second. */
  bestBatch(concurrency: number): number;
  run(order: Pick<BareOrder, "batch" | "seconds">): Promise<BareFigures>;
}

/** Starts the loop and tries all batch sizes once. @param modelFile of the model, as ONNX */
export async function startBareLoop(
  { input, sample }: BenchModel,
  modelFile: string,
  core: number | undefined,
): Promise<BareLoop> {
  const program = startProgram({
    name: "the bare loop",
    command: nodeBinary,
    args: [join(import.meta.dirname, "bare-loop.ts"), modelFile],
    folder: import.meta.dirname,
    environment: { NODE_NO_WARNINGS: "1" },
    core,
    ipc: true,
  });
  await new Promise<void>((resolve, reject) => {
    program.process.once("message", () => resolve());
    program.process.once("exit", () =>
      reject(new Error(`the bare loop ended: ${program.ending()}\n${program.output()}`)),
    );
  });
  const run: BareLoop["run"] = (order) => ask<BareFigures>(program, { ...order, input, sample });
  const trials: { batch: number; requestsPerSecond: number }[] = [];
  for (const batch of BATCHES) trials.push({ batch, ...(await run({ batch, seconds: TRIAL_SECONDS })) });
  return {
    program,
    run,
    bestBatch: (concurrency) =>
      trials
        .filter(({ batch }) => batch <= concurrency)
        .reduce((best, trial) => (trial.requestsPerSecond > best.requestsPerSecond ? trial : best)).batch,
  };
}
