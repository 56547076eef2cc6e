import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import protobuf from "protobufjs/light.js";
import type { Datatype, JsonTensor } from "../../../runtime/inference/inference.ts";
import type { NewModelVersion } from "../../../runtime/inference/model-repository.ts";
import { encodeModel } from "../../../runtime/learning/onnx/encode-model.ts";
import { ModelProto } from "../../../runtime/learning/onnx/model-schema.ts";
import { createLocalObjectStore } from "../../../runtime/object-store/local.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";

/** Numbers of ONNX's TensorProto.DataType. */
const elementTypes: Record<Datatype, number> = {
  FP32: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  BYTES: 8,
  BOOL: 9,
  FP16: 10,
  FP64: 11,
  UINT32: 12,
  UINT64: 13,
};

/** A bucket in a folder of its own. */
export async function temporaryStore(): Promise<{
  store: ObjectStore;
  folder: string;
  remove: () => Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), `skyloom-inference-${randomUUID()}-`));
  const remove = () => rm(folder, { recursive: true, force: true });
  return { store: createLocalObjectStore({ folder }), folder, remove };
}

/** A version of these tensors with nothing more to say. */
export function describedModel(
  name: string,
  graph: Uint8Array,
  tensors: Pick<NewModelVersion, "inputs" | "outputs">,
): NewModelVersion {
  return {
    name,
    description: "made by a test",
    files: { "model.onnx": graph },
    model: "model.onnx",
    ...tensors,
    metrics: {},
    lineage: { trainedBy: "test" },
  };
}

/** y = x of shape [-1, 2]. */
export function identityModel(datatype: Datatype, name = `identity-${datatype}`): NewModelVersion {
  const value = (valueName: string) => ({
    name: valueName,
    type: {
      tensorType: {
        elemType: elementTypes[datatype],
        shape: { dim: [{ dimParam: "batch" }, { dimValue: 2 }] },
      },
    },
  });
  const graph = ModelProto.create({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 17 }],
    graph: {
      name: "identity",
      node: [{ input: ["x"], output: ["y"], opType: "Identity", name: "identity" }],
      input: [value("x")],
      output: [value("y")],
    },
  });
  return describedModel(name, ModelProto.encode(graph).finish(), {
    inputs: [{ name: "x", datatype, shape: [-1, 2] }],
    outputs: [{ name: "y", datatype, shape: [-1, 2] }],
  });
}

/** y = factor · x, FP32 [-1, 2]: its answer tells which version gave it. */
export function scaleModel(factor: number, name = "scale"): NewModelVersion {
  const tensors = {
    inputs: [{ name: "x", datatype: "FP32" as const, shape: [-1, 2] }],
    outputs: [{ name: "y", datatype: "FP32" as const, shape: [-1, 2] }],
  };
  const graph = encodeModel({
    name: "scale",
    ...tensors,
    nodes: [{ operator: "Mul", inputs: ["x", "factor"], outputs: ["y"] }],
    initializers: [{ name: "factor", shape: [1], data: new Float32Array([factor]) }],
  });
  return describedModel(name, graph, tensors);
}

/** y = x · [4, 5], where the factors are in a second file that the graph refers to; and a file of no use. */
export function externalDataModel(name = "external"): NewModelVersion {
  const root = protobuf.Root.fromJSON(ModelProto.root.toJSON());
  root
    .define("external")
    .add(
      new protobuf.Type("StringStringEntryProto")
        .add(new protobuf.Field("key", 1, "string"))
        .add(new protobuf.Field("value", 2, "string")),
    );
  root
    .lookupType("TensorProto")
    .add(new protobuf.Field("externalData", 13, "external.StringStringEntryProto", "repeated"))
    .add(new protobuf.Field("dataLocation", 14, "int32"));
  const model = scaleModel(1, name);
  const type = root.lookupType("ModelProto");
  const graph = type.decode(model.files["model.onnx"] as Uint8Array) as unknown as {
    graph: { initializer: object[] };
  };
  graph.graph.initializer = [
    {
      name: "factor",
      dims: [2],
      dataType: 1,
      dataLocation: 1,
      externalData: [{ key: "location", value: "weights.bin" }],
    },
  ];
  const weights = new Uint8Array(Float32Array.of(4, 5).buffer);
  const files = {
    "model.onnx": type.encode(graph).finish(),
    "weights.bin": weights,
    "notes.txt": Buffer.from("x"),
  };
  return { ...model, files };
}

/** Two outputs from x FP32 [-1, 2]: scores = x · weights with labels, and sum over both elements. */
export function classifierModel(name = "classifier"): NewModelVersion {
  const tensors = {
    inputs: [{ name: "x", datatype: "FP32" as const, shape: [-1, 2] }],
    outputs: [
      { name: "scores", datatype: "FP32" as const, shape: [-1, 3] },
      { name: "sum", datatype: "FP32" as const, shape: [-1, 1] },
    ],
  };
  const graph = encodeModel({
    name: "classifier",
    ...tensors,
    nodes: [
      { operator: "MatMul", inputs: ["x", "weights"], outputs: ["scores"] },
      { operator: "MatMul", inputs: ["x", "ones"], outputs: ["sum"] },
    ],
    initializers: [
      { name: "weights", shape: [2, 3], data: new Float32Array([1, 0, -1, 0, 1, -1]) },
      { name: "ones", shape: [2, 1], data: new Float32Array([1, 1]) },
    ],
  });
  return { ...describedModel(name, graph, tensors), labels: { scores: ["first", "second", "neither"] } };
}

/** Texts to their hashed features, eight a text. */
export function textModel(name = "texts"): NewModelVersion {
  const graph = encodeModel({
    name: "texts",
    inputs: [{ name: "features", datatype: "FP32", shape: [-1, 8] }],
    outputs: [{ name: "y", datatype: "FP32", shape: [-1, 8] }],
    nodes: [{ operator: "Identity", inputs: ["features"], outputs: ["y"] }],
  });
  return {
    ...describedModel(name, graph, {
      inputs: [{ name: "text", datatype: "BYTES", shape: [-1] }],
      outputs: [{ name: "y", datatype: "FP32", shape: [-1, 8] }],
    }),
    preprocessing: [
      {
        type: "hashed-features",
        input: "text",
        output: "features",
        size: 8,
        wordNgrams: [1, 2],
        characterNgrams: [0, 0],
      },
    ],
  };
}

/** y = x repeated `times` times: passes the type checks, and fails or grows in the run. */
export function tileModel(name = "tile"): NewModelVersion {
  const tensors = {
    inputs: [
      { name: "x", datatype: "FP32" as const, shape: [1] },
      { name: "times", datatype: "INT64" as const, shape: [1] },
    ],
    outputs: [{ name: "y", datatype: "FP32" as const, shape: [-1] }],
  };
  const graph = encodeModel({
    name: "tile",
    ...tensors,
    nodes: [{ operator: "Tile", inputs: ["x", "times"], outputs: ["y"] }],
  });
  return describedModel(name, graph, tensors);
}

export function tensor(name: string, datatype: Datatype, shape: number[], data: unknown[]): JsonTensor {
  return { name, datatype, shape, data };
}

/** One row for a model of x FP32 [-1, 2]. */
export function row(first: number, second: number) {
  return { inputs: [tensor("x", "FP32", [1, 2], [first, second])] };
}
