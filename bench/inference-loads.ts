import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createInference } from "../runtime/inference/engine.ts";
import { publishModel } from "../runtime/inference/model-repository.ts";
import { encodeModel } from "../runtime/learning/onnx/encode-model.ts";
import { createLocalObjectStore } from "../runtime/object-store/local.ts";

/*
 * Memory over many loads and unloads of a model, each with one inference: resident memory after the first tenth of
 * them against the end. Exit status 1 where it grew by more than --limit-megabytes.
 *
 *   node bench/inference-loads.ts --loads 1000 --json
 */
const { values: options } = parseArgs({
  options: {
    loads: { type: "string", default: "1000" },
    "limit-megabytes": { type: "string", default: "100" },
    json: { type: "boolean", default: false },
  },
});

/** A matrix of 1 MB. */
const width = 512;
const tensors = {
  inputs: [{ name: "x", datatype: "FP32" as const, shape: [-1, width] }],
  outputs: [{ name: "y", datatype: "FP32" as const, shape: [-1, width] }],
};
const request = {
  inputs: [{ name: "x", datatype: "FP32" as const, shape: [1, width], data: new Array(width).fill(1) }],
};

const loads = wholeNumber("loads");
const limitMegabytes = wholeNumber("limit-megabytes");
const folder = await mkdtemp(join(tmpdir(), "skyloom-loads-"));
const store = createLocalObjectStore({ folder });
await publishModel(store, {
  name: "model",
  description: "loaded and unloaded again and again",
  files: {
    "model.onnx": encodeModel({
      name: "model",
      ...tensors,
      nodes: [{ operator: "MatMul", inputs: ["x", "weights"], outputs: ["y"] }],
      initializers: [
        { name: "weights", shape: [width, width], data: new Float32Array(width * width).fill(0.001) },
      ],
    }),
  },
  model: "model.onnx",
  ...tensors,
  metrics: {},
  lineage: {},
});
const inference = createInference({ store, workers: 1 });
const started = performance.now();
let settledMegabytes = 0;
for (let count = 1; count <= loads; count += 1) {
  await inference.load("model");
  await inference.infer("model", undefined, request);
  await inference.unload("model");
  if (count === Math.ceil(loads / 10)) settledMegabytes = residentMegabytes();
}
const figures = {
  loads,
  millisecondsPerLoad: round((performance.now() - started) / loads),
  settledMegabytes: round(settledMegabytes),
  grownMegabytes: round(residentMegabytes() - settledMegabytes),
};
await inference.close();
await rm(folder, { recursive: true });
if (options.json) console.log(JSON.stringify(figures));
else for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(20)} ${value}`);
process.exitCode = figures.grownMegabytes > limitMegabytes ? 1 : 0;

function wholeNumber(name: "loads" | "limit-megabytes"): number {
  const number = Number(options[name]);
  if (Number.isInteger(number) && number >= 1) return number;
  console.error(`--${name} must be a whole number from 1`);
  process.exit(2);
}

function residentMegabytes(): number {
  return process.memoryUsage().rss / 1e6;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
