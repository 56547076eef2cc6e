import type { InferenceSession } from "onnxruntime-node";
import { ApiError, type Problem } from "../../errors.ts";
import { datatypes } from "../datatypes.ts";
import type { TensorMetadata } from "../inference.ts";

type Signature = Pick<InferenceSession, "inputMetadata" | "outputMetadata">;

/**
 * Compares an ONNX graph with its manifest: names, datatypes, ranks, and dimensions that are fixed.
 * @throws ApiError `model-signature-mismatch` (503) with every disagreement
 */
export function checkSignature(
  session: Signature,
  manifest: { inputs: TensorMetadata[]; outputs: TensorMetadata[]; isBatched: boolean },
): void {
  const problems = [
    ...compare("inputs", session.inputMetadata, manifest.inputs),
    ...compare("outputs", session.outputMetadata, manifest.outputs),
    ...(manifest.isBatched ? fixedBatches(session.outputMetadata) : []),
  ];
  if (problems.length === 0) return;
  const list = problems.map((problem) => `${problem.path} ${problem.message}`).join("; ");
  throw new ApiError(`the ONNX graph and the manifest disagree: ${list}`, {
    status: 503,
    code: "model-signature-mismatch",
    problems,
    isRetryable: false,
  });
}

function compare(
  kind: "inputs" | "outputs",
  graph: readonly InferenceSession.ValueMetadata[],
  manifest: TensorMetadata[],
): Problem[] {
  const problems: Problem[] = [];
  for (const { name } of graph)
    if (!manifest.some((tensor) => tensor.name === name))
      problems.push({ path: `${kind}.${name}`, message: "is missing in the manifest" });
  for (const tensor of manifest) {
    const path = `${kind}.${tensor.name}`;
    const value = graph.find((candidate) => candidate.name === tensor.name);
    if (value === undefined) problems.push({ path, message: "is missing in the graph" });
    else if (!value.isTensor) problems.push({ path, message: "is no tensor in the graph" });
    else {
      if (value.type !== datatypes[tensor.datatype].onnxType)
        problems.push({ path, message: `is ${value.type} in the graph, ${tensor.datatype} in the manifest` });
      if (!shapesAgree(kind, value.shape, tensor.shape))
        problems.push({
          path,
          message: `has shape [${value.shape.join(", ")}] in the graph, [${tensor.shape.join(", ")}] in the manifest`,
        });
    }
  }
  return problems;
}

/** What a manifest leaves open may be fixed in the graph's outputs, but not the first dimension of a batch. */
function fixedBatches(outputs: readonly InferenceSession.ValueMetadata[]): Problem[] {
  return outputs
    .filter((output) => output.isTensor && typeof output.shape[0] === "number" && output.shape[0] >= 0)
    .map((output) => ({
      path: `outputs.${output.name}`,
      message: "has a fixed first dimension in the graph, batching needs a free one",
    }));
}

/** A graph may leave open what its manifest fixes; a manifest may not promise to take what the graph does not. */
function shapesAgree(
  kind: "inputs" | "outputs",
  graph: readonly (number | string)[],
  manifest: number[],
): boolean {
  // An output whose shape was never inferred looks like a scalar.
  if (kind === "outputs" && graph.length === 0) return true;
  return (
    graph.length === manifest.length &&
    graph.every((size, index) => {
      if (typeof size === "string" || size < 0) return true;
      return size === manifest[index] || (kind === "outputs" && manifest[index] === -1);
    })
  );
}
