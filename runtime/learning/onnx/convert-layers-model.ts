import { invalidInput } from "../../errors.ts";
import type { OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from "./encode-model.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { type LayerProblem, layerConverters } from "./layer-converters.ts";
import type { LayerSource, LayersModelSource, SymbolicTensorSource } from "./layers-model.ts";

export interface ConversionOptions {
  /** Name of the graph. */
  name: string;
  /** Names of the graph's inputs and outputs, in the order of the model's. */
  inputs: string[];
  outputs: string[];
  /**
   * Nodes computed before the model, such as a normalisation: `inputs` are then the graph's inputs, and the model
   * reads the values `modelInputs` that the nodes compute. Default: the model reads the graph's inputs.
   */
  before?: { nodes: OnnxNode[]; initializers: OnnxTensor[]; inputs: OnnxValue[]; modelInputs: string[] };
  description?: string;
}

/**
 * Converts a TensorFlow.js model (sequential, or any graph of layers) to an ONNX graph for `encodeModel`. Layers that
 * only act in training, such as dropout, are left out. The weights are copied, so the model may be disposed of.
 * @throws ApiError `unsupported-layer` naming every layer, or setting of a layer, that cannot be converted.
 */
export function convertLayersModel(model: LayersModelSource, options: ConversionOptions): OnnxGraph {
  checkNames(model, options);
  const builder = new GraphBuilder();
  if (options.before) builder.append(options.before);
  const values = new Map<string, string>();
  model.inputs.forEach((tensor, index) => {
    values.set(tensorKey(tensor), (options.before?.modelInputs ?? options.inputs)[index] ?? "");
  });
  const problems: LayerProblem[] = [];
  const outputs = model.outputs.map((tensor, index): OnnxValue => {
    const name = options.outputs[index] ?? "";
    const value = convertTensor(tensor, builder, values, problems);
    builder.rename(value, name);
    return { name, datatype: "FP32", shape: openShape(tensor) };
  });
  if (problems.length > 0) throw invalidInput("unsupported-layer", problems, "model for the ONNX export");
  return {
    name: options.name,
    inputs:
      options.before?.inputs ??
      model.inputs.map((tensor, index) => ({
        name: options.inputs[index] ?? "",
        datatype: "FP32",
        shape: openShape(tensor),
      })),
    outputs,
    nodes: builder.nodes,
    initializers: builder.initializers,
    ...(options.description !== undefined && { description: options.description }),
  };
}

function convertTensor(
  tensor: SymbolicTensorSource,
  builder: GraphBuilder,
  values: Map<string, string>,
  problems: LayerProblem[],
): string {
  const known = values.get(tensorKey(tensor));
  if (known !== undefined) return known;
  const layer = tensor.sourceLayer;
  const inputTensors = layer.inboundNodes[tensor.nodeIndex ?? 0]?.inputTensors ?? [];
  const inputs = inputTensors.map((input) => convertTensor(input, builder, values, problems));
  const value = convertLayer(layer, inputs, inputTensors, builder, problems);
  values.set(tensorKey(tensor), value);
  return value;
}

function convertLayer(
  layer: LayerSource,
  inputs: string[],
  inputTensors: SymbolicTensorSource[],
  builder: GraphBuilder,
  problems: LayerProblem[],
): string {
  const kind = layer.getClassName();
  const convert = layerConverters[kind];
  if (!convert) {
    const message = `a layer of type ${kind} cannot be exported; supported are ${Object.keys(layerConverters).join(", ")}`;
    if (!problems.some((problem) => problem.path === layer.name))
      problems.push({ path: layer.name, message });
    return inputs[0] ?? "";
  }
  return convert({
    scope: layer.name,
    config: layer.getConfig(),
    weights: layer
      .getWeights()
      .map((weight) => ({ shape: weight.shape, data: Float32Array.from(weight.dataSync()) })),
    inputs,
    inputShapes: inputTensors.map((tensor) => tensor.shape),
    builder,
    report: (message) => problems.push({ path: layer.name, message }),
  });
}

function checkNames(model: LayersModelSource, options: ConversionOptions): void {
  const modelInputs = options.before?.modelInputs ?? options.inputs;
  const problems = [
    {
      path: options.before ? "before.modelInputs" : "inputs",
      given: modelInputs.length,
      needed: model.inputs.length,
    },
    { path: "outputs", given: options.outputs.length, needed: model.outputs.length },
  ]
    .filter(({ given, needed }) => given !== needed)
    .map(({ path, given, needed }) => ({ path, message: `${given} names for the model's ${needed}` }));
  if (problems.length > 0) throw invalidInput("invalid-export-names", problems, "export");
}

function tensorKey(tensor: SymbolicTensorSource): string {
  return `${tensor.sourceLayer.name}:${tensor.nodeIndex ?? 0}:${tensor.tensorIndex ?? 0}`;
}

/** tfjs writes null for a dimension of any size; the first one is the batch. */
function openShape(tensor: SymbolicTensorSource): number[] {
  return tensor.shape.map((size) => size ?? -1);
}
