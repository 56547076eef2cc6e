import { invalidInput, type Problem } from "../../errors.ts";
import type { Tensor } from "../datatypes.ts";
import type { TensorMetadata } from "../inference.ts";
import type { PreprocessingStep } from "../preprocessing/preprocess.ts";
import { decodeInputs } from "./decode-inputs.ts";
import { decodeOutputs, type OutputForms } from "./decode-outputs.ts";
import { decodeParameters } from "./decode-parameters.ts";
import { exactInteger } from "./exact-integers.ts";
import { asObject, describeValue } from "./values.ts";

/** What of a manifest a request is checked against. */
export interface ModelInterface {
  inputs: TensorMetadata[];
  outputs: TensorMetadata[];
  preprocessing?: PreprocessingStep[] | undefined;
}

export interface DecodedRequest {
  id: string | undefined;
  inputs: Tensor[];
  /** Names of the outputs to compute, at least one. */
  outputs: string[];
  /** How they are to be returned. */
  forms: OutputForms;
  /** 1 is the highest; undefined: the model's default. */
  priority: number | undefined;
  /** Within which the answer is wanted; undefined: no limit of the request's own. */
  timeoutSeconds: number | undefined;
}

/** Problems told of one request; a broken one could otherwise make an answer larger than itself. */
const maximumProblems = 100;

/**
 * Checks an infer request of the Open Inference Protocol against a model and makes tensors of it. Unknown
 * properties and parameters are ignored, as the protocol wants.
 * @param binaryData what followed the JSON in the request's body: the tensors with a `binary_data_size`, in order
 * @throws ApiError `invalid-request` (400) with all problems, at paths such as `inputs[0].shape`.
 */
export function decodeRequest(
  request: unknown,
  model: ModelInterface,
  binaryData?: Uint8Array,
): DecodedRequest {
  const problems: Problem[] = [];
  const body = asObject(request);
  if (body === undefined)
    throw invalidRequest([{ path: "", message: `must be an object, not ${describeValue(request)}` }]);
  if (body.id !== undefined && (typeof body.id !== "string" || exactInteger(body.id) !== undefined))
    problems.push({ path: "id", message: `must be text, not ${describeValue(body.id)}` });
  const { binaryDataOutput, ...schedule } = decodeParameters(body.parameters, problems);
  const inputs = decodeInputs(body.inputs, model, binaryData, problems);
  const { outputs, forms } = decodeOutputs(body.outputs, model.outputs, binaryDataOutput, problems);
  if (problems.length > 0) throw invalidRequest(problems);
  return { id: body.id as string | undefined, inputs, outputs, forms, ...schedule };
}

export function invalidRequest(problems: Problem[]) {
  const told = problems.slice(0, maximumProblems);
  if (problems.length > maximumProblems)
    told.push({ path: "", message: `${problems.length - maximumProblems} more problems` });
  return invalidInput("invalid-request", told, "request");
}

/** Rows of a request: the first dimension of an input that leaves it open, or 1. */
export function batchSize(inputs: Tensor[], model: ModelInterface): number {
  const open = model.inputs.find(({ shape }) => shape[0] === -1);
  return inputs.find(({ name }) => name === open?.name)?.shape[0] ?? 1;
}
