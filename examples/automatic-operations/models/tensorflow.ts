import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";

let prepared: Promise<void> | undefined;

/** Makes TensorFlow.js compute with WebAssembly, from the files of the installed package (nothing is fetched). */
export function prepareTensorflow(): Promise<void> {
  prepared ??= useWasm();
  return prepared;
}

async function useWasm(): Promise<void> {
  const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(`${dirname(entry)}/`);
  if (!(await tf.setBackend("wasm")))
    throw new Error(`TensorFlow.js cannot load its WebAssembly files from ${join(dirname(entry))}`);
}
