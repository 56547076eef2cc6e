import { parentPort, workerData } from "node:worker_threads";
import { threadCpuSeconds } from "../../processes/thread-cpu.ts";
import { standardisationOf, standardise } from "./standardise.ts";
import { type Examples, type TrainingSettings, trainNetwork } from "./train-network.ts";

// A thread of its own: training is hours of arithmetic, during which the runtime serves.
const { examples, settings } = workerData as { examples: Examples; settings: TrainingSettings };
const inputs = standardisationOf(examples.inputs, examples.inputs.length / examples.rows);
standardise(examples.inputs, inputs);
let output = { mean: 0, deviation: 1 };
if (settings.kind === "regression") {
  const { means, deviations } = standardisationOf(examples.targets, 1);
  standardise(examples.targets, { means, deviations });
  output = { mean: means[0] as number, deviation: deviations[0] as number };
}
const network = trainNetwork(examples, settings, (epoch) => parentPort?.postMessage({ epoch }));
parentPort?.postMessage({ trained: { network, inputs, output, cpuSeconds: threadCpuSeconds() } });
