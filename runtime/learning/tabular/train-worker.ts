import { parentPort, workerData } from "node:worker_threads";
import { type Examples, type TrainingSettings, trainNetwork } from "./train-network.ts";

// A thread of its own: training is hours of arithmetic, during which the runtime serves.
const { examples, settings } = workerData as { examples: Examples; settings: TrainingSettings };
const network = trainNetwork(examples, settings, (epoch) => parentPort?.postMessage({ epoch }));
parentPort?.postMessage({ network });
