import type { Problem } from "../../errors.ts";
import type { Tensor } from "../datatypes.ts";
import type { TensorMetadata } from "../inference.ts";
import type { PreprocessingStep } from "../preprocessing/preprocess.ts";

/** What a worker needs to make a session. */
export interface ModelContent {
  /** The ONNX file. */
  graph: Uint8Array;
  /** Files that the graph refers to by path. */
  externalData: { path: string; data: Uint8Array }[];
  /** What the manifest says of the graph, preprocessing already applied. */
  inputs: TensorMetadata[];
  outputs: TensorMetadata[];
  preprocessing: PreprocessingStep[];
  /** Whether requests are put together along the first dimension. */
  isBatched: boolean;
}

export interface SessionSettings {
  /** Threads that one run may use. */
  threads: number;
}

/** To a worker; it answers each but `close` with one reply, in order. */
export type WorkerRequest =
  | { type: "load"; key: string; content: ModelContent; settings: SessionSettings }
  | { type: "run"; key: string; inputs: Tensor[]; outputs: string[] }
  | { type: "unload"; key: string }
  | { type: "close" };

export type WorkerReply =
  | { isError: false; outputs: Tensor[]; computeSeconds: number }
  | { isError: true; message: string; status: number; code: string; problems: Problem[] };
