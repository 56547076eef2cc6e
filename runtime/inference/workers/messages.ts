import type { Problem } from "../../errors.ts";
import type { ExecutionProvider } from "../execution-providers.ts";
import type { TensorMetadata } from "../inference.ts";
import type { PostprocessingStep } from "../postprocessing/postprocess.ts";
import type { PreprocessingStep } from "../preprocessing/preprocess.ts";
import type { GraphRun, RunnerResult } from "../scheduling/runner.ts";
import type { WarmUpRun } from "../warm-up.ts";
import type { PackedRuns } from "./packed-runs.ts";

/** What a worker needs to make a session. */
export interface ModelContent {
  /** The ONNX file. */
  graph: Uint8Array;
  /** Files that the graph refers to by path. */
  externalData: { path: string; data: Uint8Array }[];
  /** What the manifest says of the graph: after preprocessing, before postprocessing. */
  inputs: TensorMetadata[];
  outputs: TensorMetadata[];
  preprocessing: PreprocessingStep[];
  postprocessing: PostprocessingStep[];
  /** Whether requests are put together along the first dimension. */
  isBatched: boolean;
  /** Before the session is ready. */
  warmUp: WarmUpRun[];
}

export interface SessionSettings {
  /** Threads that one run may use. */
  threads: number;
  /** To be tried in this order; the first that works is taken. */
  executionProviders: ExecutionProvider[];
}

export interface ActiveProvider {
  executionProvider: string;
  /** Reasons of those that were tried before, such as a library that is missing. */
  refusals: string[];
}

/** To a worker; it answers each but `close` with one reply, in order. */
export type WorkerRequest =
  | { type: "load"; key: string; content: ModelContent; settings: SessionSettings }
  | { type: "run"; key: string; runs: GraphRun[]; returnsMemory: boolean }
  /** With a RunOptions besides the inputs of each run. */
  | { type: "runPacked"; key: string; runs: PackedRuns }
  | { type: "unload"; key: string }
  | { type: "close" };

export interface RunOptions {
  /** Names of those wanted. */
  outputs: string[];
}

export type WorkerReply =
  | {
      isError: false;
      /** Of a load: the one that was taken, and why not those before it. */
      session?: ActiveProvider;
      /** Of run, in the order of its runs. */
      results?: RunReply[];
      /** Of runPacked, in the order of its runs; with a RunOutcome besides the outputs of each. */
      packed?: PackedRuns;
    }
  | ErrorReply;

export type RunReply = ({ isError: false } & RunnerResult) | ErrorReply;

export type RunOutcome = ({ isError: false } & Omit<RunnerResult, "outputs">) | ErrorReply;

export interface ErrorReply {
  isError: true;
  message: string;
  status: number;
  code: string;
  problems: Problem[];
}
