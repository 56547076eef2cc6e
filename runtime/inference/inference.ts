import type { Problem } from "../errors.ts";
import type { CancelSignal } from "./cancel-signal.ts";
import type { ModelConfiguration } from "./model-configuration.ts";
import type { ModelStatistics } from "./model-statistics.ts";
import type { InferAnswer, InferBody } from "./protocol/infer-body.ts";
import type { ModelReport } from "./report/model-report.ts";

/** Datatypes of the Open Inference Protocol that the engine carries. */
export type Datatype =
  | "BOOL"
  | "UINT8"
  | "UINT16"
  | "UINT32"
  | "UINT64"
  | "INT8"
  | "INT16"
  | "INT32"
  | "INT64"
  | "FP16"
  | "FP32"
  | "FP64"
  | "BYTES";

/** A tensor's place in a model; -1 marks a dimension of any size. */
export interface TensorMetadata {
  name: string;
  datatype: Datatype;
  shape: number[];
}

export interface ModelMetadata {
  name: string;
  versions: string[];
  platform: string;
  inputs: TensorMetadata[];
  outputs: TensorMetadata[];
  /** What runs the graph, e.g. `cpu` or `cuda`; only of a version that is loaded. */
  executionProvider?: string;
}

/** A tensor as JSON: `data` flat in row-major order or nested as `shape` says. */
export interface JsonTensor {
  name: string;
  datatype: Datatype;
  shape: number[];
  data: unknown[];
  parameters?: Record<string, unknown>;
}

export interface InferRequest {
  id?: string;
  inputs: JsonTensor[];
  /** Default: all outputs. Parameter `classification`: only so many best classes of each row. */
  outputs?: { name: string; parameters?: Record<string, unknown> }[];
  /** `priority`: 1 is the highest; `timeout` in microseconds. */
  parameters?: Record<string, unknown>;
}

export interface InferResponse {
  id?: string;
  model_name: string;
  model_version: string;
  /** Of the answer as a whole: `decision` where a route chose the model and takes a reward for it. */
  parameters?: Record<string, unknown>;
  /** `data` is flat. An output with labels in the manifest has `parameters.labels`: the best label of each row. */
  outputs: JsonTensor[];
}

export interface ModelStatus {
  name: string;
  version: string;
  state: "READY" | "UNAVAILABLE";
  /** Why it is unavailable; empty when ready. */
  reason: string;
  problems: Problem[];
}

/**
 * Serves the models of the repository. A model or version that is not there: ApiError `model-not-found` or
 * `model-version-not-found` (404); wrong names, shapes, datatypes: `invalid-request` (400) with all problems; a
 * version whose files are corrupt or do not load: `model-unavailable` (503) with the reason.
 */
export interface Inference {
  /** All models of the repository. `load`: whether to load those that may serve and do not yet. Default true. */
  models(options?: { load?: boolean }): Promise<ModelStatus[]>;
  metadata(name: string, version?: string): Promise<ModelMetadata>;
  /** Resolves when the model is loaded; throws as `infer` does. */
  ready(name: string, version?: string): Promise<void>;
  infer(
    name: string,
    version: string | undefined,
    request: InferRequest,
    signal?: CancelSignal,
  ): Promise<InferResponse>;
  /** As `infer`, from the bytes of a request to those of its answer. */
  inferBody(
    name: string,
    version: string | undefined,
    body: InferBody,
    signal?: CancelSignal,
  ): Promise<InferAnswer>;
  configuration(name: string, version?: string): Promise<ModelConfiguration>;
  /** Since the start: of one version, of all versions of a model, or of all models, as far as they were loaded. */
  statistics(name?: string, version?: string): Promise<ModelStatistics[]>;
  /** Traffic, failures, latencies, memory of each version since the start, what limits it and what to change. */
  report(name: string): Promise<ModelReport>;
  /**
   * Loads what the repository has now, and `version` where it is given; throws why that fails, and what served before
   * goes on then.
   */
  load(name: string, version?: string): Promise<void>;
  /**
   * Frees the memory of all of a model's versions once the requests under way are done; further ones are answered with
   * `model-not-loaded` (503) until `load`. `unloadDependents`: of an ensemble its models as well, but for those that
   * were loaded by a call of their own or that another loaded ensemble uses.
   */
  unload(name: string, options?: { unloadDependents?: boolean }): Promise<void>;
  close(): Promise<void>;
}
