import type { TensorMetadata } from "./inference.ts";
import type { ModelManifest } from "./manifest.ts";

/** How a model is served, in the form of the model configuration extension. */
export interface ModelConfiguration {
  name: string;
  platform: string;
  backend: string;
  /** 0: the shapes of inputs and outputs hold the batch themselves. */
  max_batch_size: number;
  version_policy: { all: Record<string, never> };
  default_model_filename: string;
  input: TensorConfiguration[];
  output: TensorConfiguration[];
  instance_group: { name: string; kind: "KIND_CPU"; count: number }[];
}

export interface TensorConfiguration {
  name: string;
  /** `TYPE_` and the datatype; BYTES are TYPE_STRING. */
  data_type: string;
  /** -1: any size. */
  dims: number[];
}

export function describeConfiguration(manifest: ModelManifest, workers: number): ModelConfiguration {
  const { name, platform, model, inputs, outputs } = manifest;
  return {
    name,
    platform,
    backend: "onnxruntime",
    max_batch_size: 0,
    // Every published version is loaded when it is asked for by its number.
    version_policy: { all: {} },
    default_model_filename: model,
    input: inputs.map(describeTensor),
    output: outputs.map(describeTensor),
    instance_group: [{ name: `${name}_0`, kind: "KIND_CPU", count: workers }],
  };
}

function describeTensor({ name, datatype, shape }: TensorMetadata): TensorConfiguration {
  return { name, data_type: datatype === "BYTES" ? "TYPE_STRING" : `TYPE_${datatype}`, dims: shape };
}
