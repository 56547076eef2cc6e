import type { EnsembleStep } from "./ensembles/steps.ts";
import type { TensorMetadata } from "./inference.ts";
import type { ModelManifest } from "./manifest.ts";
import type { ModelPointer } from "./read-models.ts";
import { withDefaults } from "./scheduling/settings.ts";

/** How a model is served, in the form of the model configuration extension. */
export interface ModelConfiguration {
  name: string;
  platform: string;
  backend: string;
  /** 0: the shapes of inputs and outputs hold the batch themselves. */
  max_batch_size: number;
  version_policy:
    | { all: Record<string, never> }
    | { latest: { num_versions: number } }
    | { specific: { versions: number[] } };
  /** Where requests are put together. */
  dynamic_batching?: {
    preferred_batch_size: number[];
    max_queue_delay_microseconds: number;
    priority_levels: number;
    default_priority_level: number;
    default_queue_policy: {
      timeout_action: "REJECT" | "DELAY";
      default_timeout_microseconds: number;
      allow_timeout_override: boolean;
      max_queue_size: number;
    };
  };
  response_cache: { enable: boolean };
  /** Empty for an ensemble. */
  default_model_filename: string;
  input: TensorConfiguration[];
  output: TensorConfiguration[];
  /** None for an ensemble. */
  instance_group: { name: string; kind: "KIND_CPU" | "KIND_GPU"; count: number }[];
  ensemble_scheduling?: {
    step: {
      model_name: string;
      /** -1: the current one, or the one of an alias. */
      model_version: number;
      input_map: Record<string, string>;
      output_map: Record<string, string>;
    }[];
  };
}

export interface TensorConfiguration {
  name: string;
  /** `TYPE_` and the datatype; BYTES are TYPE_STRING. */
  data_type: string;
  /** -1: any size. */
  dims: number[];
}

export interface ServingState {
  /** Of a version whose manifest does not say. */
  workers: number;
  /** Undefined: not loaded. */
  executionProvider: string | undefined;
  versionPolicy: ModelPointer["versionPolicy"];
}

export function describeConfiguration(manifest: ModelManifest, state: ServingState): ModelConfiguration {
  const { name, platform, model = "", steps, inputs, outputs } = manifest;
  const isOnGpu = state.executionProvider !== undefined && state.executionProvider !== "cpu";
  return {
    name,
    platform,
    backend: steps === undefined ? "onnxruntime" : "",
    max_batch_size: 0,
    version_policy: describePolicy(state.versionPolicy),
    ...describeBatching(manifest),
    response_cache: { enable: manifest.cache !== undefined },
    default_model_filename: model,
    input: inputs.map(describeTensor),
    output: outputs.map(describeTensor),
    instance_group:
      steps === undefined
        ? [
            {
              name: `${name}_0`,
              kind: isOnGpu ? "KIND_GPU" : "KIND_CPU",
              count: manifest.workers ?? state.workers,
            },
          ]
        : [],
    ...(steps === undefined ? {} : { ensemble_scheduling: { step: steps.map(describeStep) } }),
  };
}

function describeStep({ model, version = -1, inputs, outputs }: EnsembleStep) {
  return { model_name: model, model_version: version, input_map: inputs, output_map: outputs };
}

function describeTensor({ name, datatype, shape }: TensorMetadata): TensorConfiguration {
  return { name, data_type: datatype === "BYTES" ? "TYPE_STRING" : `TYPE_${datatype}`, dims: shape };
}

/** All: every published version is loaded when it is asked for by its number. */
function describePolicy(policy: ModelPointer["versionPolicy"]): ModelConfiguration["version_policy"] {
  if (policy === undefined || policy === "all") return { all: {} };
  if ("latest" in policy) return { latest: { num_versions: policy.latest } };
  return { specific: { versions: policy.specific } };
}

function describeBatching(manifest: ModelManifest): Pick<ModelConfiguration, "dynamic_batching"> {
  const { batching, queue } = withDefaults(manifest);
  if (batching === undefined) return {};
  return {
    dynamic_batching: {
      preferred_batch_size: batching.preferredSizes,
      max_queue_delay_microseconds: Math.round(batching.maximumDelaySeconds * 1e6),
      priority_levels: queue.priorityLevels,
      default_priority_level: queue.defaultPriority,
      default_queue_policy: {
        timeout_action: queue.onTimeout === "reject" ? "REJECT" : "DELAY",
        default_timeout_microseconds: Math.round((queue.timeoutSeconds ?? 0) * 1e6),
        allow_timeout_override: true,
        max_queue_size: queue.maximumLength,
      },
    },
  };
}
