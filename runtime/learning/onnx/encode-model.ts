import { endianness } from "node:os";
import { invalidInput, type Problem } from "../../errors.ts";
import { ModelProto } from "./model-schema.ts";

/** Element types that the writer knows, with their number in ONNX's TensorProto.DataType. */
const elementTypes = { FP32: 1, UINT8: 2, INT8: 3, INT32: 6, INT64: 7, BYTES: 8, BOOL: 9, FP64: 11 } as const;

export type OnnxDatatype = keyof typeof elementTypes;

/** Input or output of a graph. A dimension that is a string (`"batch"`) or -1 may have any size. */
export interface OnnxValue {
  name: string;
  datatype: OnnxDatatype;
  shape: (number | string)[];
}

/** A constant; its datatype follows from the array: FP32, FP64, INT32, INT64, INT8 or UINT8. */
export interface OnnxTensor {
  name: string;
  shape: number[];
  data: Float32Array | Float64Array | Int32Array | BigInt64Array | Int8Array | Uint8Array;
}

/** Whole numbers become INT attributes; write `{ float: 1 }` where the operator wants a FLOAT. */
export type OnnxAttribute = number | string | number[] | string[] | { float: number } | { floats: number[] };

export interface OnnxNode {
  operator: string;
  name?: string;
  /** `""` leaves out an optional input in the middle. */
  inputs: string[];
  outputs: string[];
  attributes?: Record<string, OnnxAttribute>;
}

export interface OnnxGraph {
  name: string;
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  /** In an order in which each node's inputs are already computed. */
  nodes: OnnxNode[];
  initializers?: OnnxTensor[];
  /** Text for whoever opens the file. */
  description?: string;
}

export interface OnnxEncoding {
  /** Version of the standard operators. Default 17. */
  opset?: number;
  /** Version of the file format. Default 8, the one of opset 17. */
  irVersion?: number;
}

/**
 * Writes a graph as the bytes of an ONNX file.
 * @throws ApiError `invalid-onnx-graph` with every name that is missing or used twice, and every constant whose
 * length does not fit its shape.
 */
export function encodeModel(graph: OnnxGraph, encoding: OnnxEncoding = {}): Uint8Array {
  const problems = graphProblems(graph);
  if (problems.length > 0) throw invalidInput("invalid-onnx-graph", problems, "ONNX graph");
  const message = ModelProto.create({
    irVersion: encoding.irVersion ?? 8,
    producerName: "skyloom",
    docString: graph.description ?? "",
    opsetImport: [{ domain: "", version: encoding.opset ?? 17 }],
    graph: {
      name: graph.name,
      node: graph.nodes.map(encodeNode),
      initializer: (graph.initializers ?? []).map(encodeTensor),
      input: graph.inputs.map(encodeValue),
      output: graph.outputs.map(encodeValue),
    },
  });
  return ModelProto.encode(message).finish();
}

function encodeNode(node: OnnxNode, index: number) {
  return {
    input: node.inputs,
    output: node.outputs,
    name: node.name ?? `${node.operator}_${index}`,
    opType: node.operator,
    attribute: Object.entries(node.attributes ?? {}).map(([name, value]) => encodeAttribute(name, value)),
  };
}

/** Numbers of AttributeProto.AttributeType: FLOAT 1, INT 2, STRING 3, FLOATS 6, INTS 7, STRINGS 8. */
function encodeAttribute(name: string, value: OnnxAttribute) {
  const text = new TextEncoder();
  if (typeof value === "number") {
    return Number.isInteger(value) ? { name, type: 2, i: value } : { name, type: 1, f: value };
  }
  if (typeof value === "string") return { name, type: 3, s: text.encode(value) };
  if (!Array.isArray(value)) {
    return "float" in value ? { name, type: 1, f: value.float } : { name, type: 6, floats: value.floats };
  }
  if (value.every((item) => typeof item === "string"))
    return { name, type: 8, strings: value.map((item) => text.encode(item)) };
  return value.every((item) => Number.isInteger(item))
    ? { name, type: 7, ints: value }
    : { name, type: 6, floats: value };
}

function encodeTensor(tensor: OnnxTensor) {
  return {
    name: tensor.name,
    dims: tensor.shape,
    dataType: elementTypes[tensorDatatype(tensor)],
    rawData: littleEndianBytes(tensor.data),
  };
}

function tensorDatatype(tensor: OnnxTensor): OnnxDatatype {
  if (tensor.data instanceof Float32Array) return "FP32";
  if (tensor.data instanceof Float64Array) return "FP64";
  if (tensor.data instanceof Int32Array) return "INT32";
  if (tensor.data instanceof BigInt64Array) return "INT64";
  return tensor.data instanceof Int8Array ? "INT8" : "UINT8";
}

/** ONNX wants little-endian raw data; typed arrays have the order of the processor. */
function littleEndianBytes(data: OnnxTensor["data"]): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  if (endianness() === "BE") {
    for (let start = 0; start < bytes.length; start += data.BYTES_PER_ELEMENT)
      bytes.subarray(start, start + data.BYTES_PER_ELEMENT).reverse();
  }
  return bytes;
}

function encodeValue(value: OnnxValue) {
  const dim = value.shape.map((size, index) => {
    if (typeof size === "string") return { dimParam: size };
    return size < 0 ? { dimParam: index === 0 ? "batch" : `${value.name}_${index}` } : { dimValue: size };
  });
  return {
    name: value.name,
    type: { tensorType: { elemType: elementTypes[value.datatype], shape: { dim } } },
  };
}

function graphProblems(graph: OnnxGraph): Problem[] {
  const problems: Problem[] = [];
  const known = new Set<string>();
  const declare = (path: string, name: string) => {
    if (name === "") problems.push({ path, message: "needs a name" });
    else if (known.has(name)) problems.push({ path, message: `the name ${name} is used twice` });
    known.add(name);
  };
  graph.inputs.forEach((input, index) => {
    declare(`inputs[${index}]`, input.name);
  });
  (graph.initializers ?? []).forEach((tensor, index) => {
    declare(`initializers[${index}]`, tensor.name);
    const size = tensor.shape.reduce((product, dimension) => product * dimension, 1);
    if (size !== tensor.data.length)
      problems.push({
        path: `initializers[${index}].data`,
        message: `${tensor.name} has ${tensor.data.length} elements, its shape [${tensor.shape.join(", ")}] needs ${size}`,
      });
  });
  graph.nodes.forEach((node, index) => {
    for (const input of node.inputs)
      if (input !== "" && !known.has(input))
        problems.push({
          path: `nodes[${index}].inputs`,
          message: `${node.operator} reads ${input}, which nothing before it computes`,
        });
    for (const output of node.outputs) declare(`nodes[${index}].outputs`, output);
  });
  graph.outputs.forEach((output, index) => {
    if (!known.has(output.name))
      problems.push({ path: `outputs[${index}]`, message: `${output.name} is computed by no node` });
  });
  return problems;
}
