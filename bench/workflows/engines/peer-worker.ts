import { ask, startProgram } from "../../inference/processes.ts";
import type { RunningEngine } from "./engine.ts";

/** Starts a program of `peers/` that carries out shapes by message: {layers, runs} in, {} or {error} out. */
export function startPeerWorker(options: {
  /** For messages. */
  name: string;
  /** Of the program in `peers/`. */
  file: string;
  args: string[];
  folder: string;
}): RunningEngine {
  const { name, file, args, folder } = options;
  const program = new URL(`../peers/${file}`, import.meta.url).pathname;
  const worker = startProgram({
    name,
    command: process.execPath,
    args: [program, ...args],
    folder,
    ipc: true,
  });
  return {
    async carryOut({ layers, runs }) {
      const { error } = await ask<{ error?: string }>(worker, { layers, runs });
      if (error !== undefined) throw new Error(error);
    },
    stop: () => worker.stop(),
  };
}
