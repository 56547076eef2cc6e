import type { Problem } from "../../errors.ts";
import { datatypes } from "../datatypes.ts";
import type { TensorMetadata } from "../inference.ts";
import { decodeBinary, decodeSingleText } from "./decode-binary.ts";
import { checkBatch } from "./decode-inputs.ts";
import { decodeOutputs } from "./decode-outputs.ts";
import { type DecodedRequest, invalidRequest, type ModelInterface } from "./decode-request.ts";

/**
 * A body without JSON (`Inference-Header-Content-Length: 0`): all of it is the content of the model's only input, and
 * all outputs are returned in binary form. One dimension that the model leaves open follows from the number of bytes;
 * where there are several, the first one is the batch and is 1. For BYTES the body is a single text without a length
 * before it.
 * @throws ApiError `invalid-request` (400)
 */
export function decodeRawRequest(body: Uint8Array, model: ModelInterface): DecodedRequest {
  const problems: Problem[] = [];
  const [input, second] = model.inputs;
  if (input === undefined || second !== undefined)
    throw invalidRequest([
      {
        path: "",
        message: `a body without JSON needs a model with one input, this one has ${model.inputs.map(({ name }) => JSON.stringify(name)).join(", ")}`,
      },
    ]);
  const path = `input ${JSON.stringify(input.name)}`;
  const shape = shapeOf(input, body.length, path, problems);
  if (shape === undefined) throw invalidRequest(problems);
  const { name, datatype } = input;
  const data =
    datatype === "BYTES"
      ? decodeSingleText(body, path, problems)
      : decodeBinary(body, datatype, shape, path, problems);
  const tensors = data === undefined ? [] : [{ name, datatype, shape, data }];
  checkBatch(tensors, model, problems);
  if (problems.length > 0) throw invalidRequest(problems);
  const { outputs, forms } = decodeOutputs(undefined, model.outputs, true, problems);
  return { id: undefined, inputs: tensors, outputs, forms, priority: undefined, timeoutSeconds: undefined };
}

function shapeOf(
  { datatype, shape }: TensorMetadata,
  byteLength: number,
  path: string,
  problems: Problem[],
): number[] | undefined {
  const refuse = (message: string) => {
    problems.push({ path, message });
    return undefined;
  };
  const openCount = shape.filter((size) => size === -1).length;
  const shown = `[${shape.join(", ")}]`;
  // The batch is 1 where the bytes have to tell another dimension.
  const known = openCount > 1 && shape[0] === -1 ? [1, ...shape.slice(1)] : shape;
  const open = known.indexOf(-1);
  if (open !== known.lastIndexOf(-1))
    return refuse(`of shape ${shown} has more than one open dimension besides the batch: send it with JSON`);
  const elements = known.reduce((product, size) => product * (size === -1 ? 1 : size), 1);
  if (datatype === "BYTES") {
    if (elements !== 1) return refuse(`of shape ${shown} takes more than a single text: send it with JSON`);
    return known.map((size) => (size === -1 ? 1 : size));
  }
  if (open < 0) return known;
  const step = elements * datatypes[datatype].elementBytes;
  if (byteLength === 0 || byteLength % step !== 0)
    return refuse(`of ${datatype} and shape ${shown} takes a multiple of ${step} bytes, not ${byteLength}`);
  return known.map((size) => (size === -1 ? byteLength / step : size));
}
