import { createRequire } from "node:module";
import { dirname } from "node:path";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";

const folder = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"));
let hasPaths = false;

/** Makes TensorFlow.js compute with WebAssembly, from the files of the installed package (nothing is fetched). */
export async function prepareTensorflow(): Promise<void> {
  if (!hasPaths) setWasmPaths(`${folder}/`);
  hasPaths = true;
  if (!(await tf.setBackend("wasm")))
    throw new Error(`TensorFlow.js cannot load its WebAssembly files from ${folder}`);
}
