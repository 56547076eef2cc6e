import { InferenceSession } from "onnxruntime-node";
import { invalidInput, type Problem } from "../errors.ts";
import { datatypes } from "./datatypes.ts";
import type { Datatype, TensorMetadata } from "./inference.ts";

/**
 * Inputs and outputs of an ONNX file, in the words of a manifest; dimensions that the graph leaves open are -1.
 * @throws ApiError `invalid-model` (400) for a file that is no ONNX graph, and with every tensor that cannot be served
 */
export async function describeGraph(
  file: string,
): Promise<{ inputs: TensorMetadata[]; outputs: TensorMetadata[] }> {
  const session = await InferenceSession.create(file, { logSeverityLevel: 4 }).catch((error: Error) => {
    const message = `is no graph that ONNX Runtime reads: ${error.message}`;
    throw invalidInput("invalid-model", [{ path: file, message }], "model");
  });
  try {
    const problems: Problem[] = [];
    const describe = (kind: string, values: readonly InferenceSession.ValueMetadata[]) =>
      values.flatMap((value) => {
        const described = describeTensor(value);
        if (typeof described !== "string") return [described];
        problems.push({ path: `${kind}.${value.name}`, message: described });
        return [];
      });
    const inputs = describe("inputs", session.inputMetadata);
    const outputs = describe("outputs", session.outputMetadata);
    if (problems.length > 0) throw invalidInput("invalid-model", problems, "model");
    return { inputs, outputs };
  } finally {
    await session.release();
  }
}

/** The tensor, or why it cannot be served. */
function describeTensor(value: InferenceSession.ValueMetadata): TensorMetadata | string {
  if (!value.isTensor) return "is no tensor; only tensors can be served";
  const datatype = (Object.keys(datatypes) as Datatype[]).find(
    (each) => datatypes[each].onnxType === value.type,
  );
  if (datatype === undefined)
    return `is of type ${value.type}; served are ${Object.keys(datatypes).join(", ")}`;
  const shape = value.shape.map((size) => (typeof size === "number" && size >= 0 ? size : -1));
  return { name: value.name, datatype, shape };
}
