import type { Tensor } from "../datatypes.ts";

/** Runs the graph, one run after the other. */
export interface Runner {
  /**
   * Takes one message to the worker and one back; the results are in the order of the runs.
   * @throws ApiError where all of them are lost: the worker died
   */
  run(runs: GraphRun[], memory: InputMemory): Promise<(RunnerResult | { error: unknown })[]>;
}

export interface GraphRun {
  inputs: Tensor[];
  /** Names of the outputs wanted. */
  outputs: string[];
}

/**
 * What becomes of the buffers of the inputs: moved away; moved away and returned with the results; or left as they are,
 * which is the fastest for many small runs.
 */
export type InputMemory = "moved" | "returned" | "copied";

export interface RunnerResult {
  outputs: Tensor[];
  computeSeconds: number;
  /** Of the processor, where the run has one to itself. Default: not known. */
  processorSeconds?: number;
  /** Of the inputs, where it is returned. */
  memory?: ArrayBuffer[];
  /** Milliseconds since 1970. Default: not known. */
  startedAt?: number;
}
