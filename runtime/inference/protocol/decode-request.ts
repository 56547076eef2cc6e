import { invalidInput, type Problem } from "../../errors.ts";
import { datatypes, isDatatype, type Tensor } from "../datatypes.ts";
import type { Datatype, TensorMetadata } from "../inference.ts";
import { decodeElements, describeValue } from "./decode-elements.ts";

/** What of a manifest a request is checked against. */
export interface ModelInterface {
  inputs: TensorMetadata[];
  outputs: TensorMetadata[];
  preprocessing?: { input: string; size: number }[] | undefined;
}

export interface DecodedRequest {
  id: string | undefined;
  inputs: Tensor[];
  /** Names of the outputs to compute, at least one. */
  outputs: string[];
}

/** Elements of all vectors that preprocessing may make for one request: 256 MiB of FP32. */
const maximumPreprocessedElements = 64 * 1024 * 1024;

/** Problems told of one request; a broken one could otherwise make an answer larger than itself. */
const maximumProblems = 100;

type JsonObject = Record<string, unknown>;

/**
 * Checks an infer request of the Open Inference Protocol against a model and makes tensors of it. Unknown
 * properties and parameters are ignored, as the protocol wants.
 * @throws ApiError `invalid-request` (400) with all problems, at paths such as `inputs[0].shape`.
 */
export function decodeRequest(request: unknown, model: ModelInterface): DecodedRequest {
  const problems: Problem[] = [];
  const body = asObject(request);
  if (body === undefined)
    throw invalidRequest([{ path: "", message: `must be an object, not ${describeValue(request)}` }]);
  if (body.id !== undefined && typeof body.id !== "string")
    problems.push({ path: "id", message: `must be text, not ${describeValue(body.id)}` });
  const inputs = decodeInputs(body.inputs, model, problems);
  const outputs = decodeOutputs(body.outputs, model.outputs, problems);
  if (problems.length > 0) throw invalidRequest(problems);
  return { id: body.id as string | undefined, inputs, outputs };
}

function invalidRequest(problems: Problem[]) {
  const told = problems.slice(0, maximumProblems);
  if (problems.length > maximumProblems)
    told.push({ path: "", message: `${problems.length - maximumProblems} more problems` });
  return invalidInput("invalid-request", told, "request");
}

function decodeInputs(value: unknown, model: ModelInterface, problems: Problem[]): Tensor[] {
  if (!Array.isArray(value)) {
    problems.push({ path: "inputs", message: `must be an array of tensors, not ${describeValue(value)}` });
    return [];
  }
  const seen = new Set<string>();
  const tensors: Tensor[] = [];
  value.forEach((item: unknown, index) => {
    const path = `inputs[${index}]`;
    const input = asObject(item);
    if (input === undefined) {
      problems.push({ path, message: `must be a tensor object, not ${describeValue(item)}` });
      return;
    }
    const metadata = findByName(
      input.name,
      model.inputs,
      seen,
      { path: `${path}.name`, kind: "input" },
      problems,
    );
    const tensor = decodeTensor(input, metadata, path, problems);
    if (tensor !== undefined) tensors.push(tensor);
  });
  for (const { name } of model.inputs)
    if (!seen.has(name))
      problems.push({ path: "inputs", message: `input ${JSON.stringify(name)} is missing` });
  checkBatch(tensors, model, problems);
  return tensors;
}

function decodeOutputs(value: unknown, outputs: TensorMetadata[], problems: Problem[]): string[] {
  const all = outputs.map((output) => output.name);
  if (value === undefined) return all;
  if (!Array.isArray(value)) {
    problems.push({ path: "outputs", message: `must be an array of {name}, not ${describeValue(value)}` });
    return all;
  }
  const seen = new Set<string>();
  value.forEach((item: unknown, index) => {
    const path = `outputs[${index}]`;
    const output = asObject(item);
    if (output === undefined)
      problems.push({ path, message: `must be an object with a name, not ${describeValue(item)}` });
    else findByName(output.name, outputs, seen, { path: `${path}.name`, kind: "output" }, problems);
  });
  return seen.size === 0 ? all : [...seen];
}

function findByName(
  name: unknown,
  known: TensorMetadata[],
  seen: Set<string>,
  { path, kind }: { path: string; kind: string },
  problems: Problem[],
): TensorMetadata | undefined {
  const metadata = known.find((candidate) => candidate.name === name);
  if (metadata === undefined) {
    const names = known.map((candidate) => JSON.stringify(candidate.name)).join(", ");
    problems.push({ path, message: `${describeValue(name)} is no ${kind} of the model; it has ${names}` });
    return undefined;
  }
  if (seen.has(metadata.name)) problems.push({ path, message: `${describeValue(name)} is given twice` });
  seen.add(metadata.name);
  return metadata;
}

function decodeTensor(
  input: JsonObject,
  metadata: TensorMetadata | undefined,
  path: string,
  problems: Problem[],
): Tensor | undefined {
  const datatype = checkDatatype(input.datatype, metadata, `${path}.datatype`, problems);
  const shape = checkShape(input.shape, metadata, `${path}.shape`, problems);
  if (!Array.isArray(input.data)) {
    const isBinary = asObject(input.parameters)?.binary_data_size !== undefined;
    const message = isBinary
      ? "is missing: binary tensors are not supported, send data as JSON"
      : `must be an array, not ${describeValue(input.data)}`;
    problems.push({ path: `${path}.data`, message });
    return undefined;
  }
  if (datatype === undefined || shape === undefined) return undefined;
  const data = decodeElements(input.data, datatype, shape, `${path}.data`, problems);
  if (data === undefined || metadata === undefined) return undefined;
  return { name: metadata.name, datatype, shape, data };
}

function checkDatatype(
  value: unknown,
  metadata: TensorMetadata | undefined,
  path: string,
  problems: Problem[],
): Datatype | undefined {
  if (!isDatatype(value)) {
    const allowed = metadata?.datatype ?? `one of ${Object.keys(datatypes).join(", ")}`;
    problems.push({ path, message: `must be ${allowed}, not ${describeValue(value)}` });
    return undefined;
  }
  if (metadata !== undefined && value !== metadata.datatype) {
    problems.push({ path, message: `must be ${metadata.datatype}, not ${value}` });
    return undefined;
  }
  return value;
}

function checkShape(
  value: unknown,
  metadata: TensorMetadata | undefined,
  path: string,
  problems: Problem[],
): number[] | undefined {
  // ONNX Runtime ends the whole process on some operators (LSTM) with a dimension of 0.
  if (!Array.isArray(value) || !value.every((size) => Number.isSafeInteger(size) && size >= 1)) {
    const found = Array.isArray(value)
      ? `[${value.slice(0, 16).map(describeValue).join(", ")}]`
      : describeValue(value);
    problems.push({ path, message: `must be an array of whole numbers of at least 1, not ${found}` });
    return undefined;
  }
  if (metadata === undefined) return undefined;
  const fits =
    value.length === metadata.shape.length &&
    metadata.shape.every((size, index) => size === -1 || size === value[index]);
  if (fits) return value;
  problems.push({
    path,
    message: `must be [${metadata.shape.join(", ")}]${metadata.shape.includes(-1) ? " (-1: any size)" : ""}, not [${value.slice(0, 16).join(", ")}]`,
  });
  return undefined;
}

/** The first dimension, where it is open, is the batch: the same for all inputs. */
function checkBatch(tensors: Tensor[], model: ModelInterface, problems: Problem[]): void {
  const batched = tensors.filter(
    (tensor) => model.inputs.find((input) => input.name === tensor.name)?.shape[0] === -1,
  );
  const [first] = batched;
  for (const tensor of batched)
    if (tensor.shape[0] !== first?.shape[0])
      problems.push({
        path: "inputs",
        message: `input ${JSON.stringify(tensor.name)} has batch size ${tensor.shape[0]}, input ${JSON.stringify(first?.name)} has ${first?.shape[0]}`,
      });
  for (const step of model.preprocessing ?? []) {
    const rows = tensors.find((tensor) => tensor.name === step.input)?.shape[0] ?? 0;
    if (rows * step.size > maximumPreprocessedElements)
      problems.push({
        path: "inputs",
        message: `input ${JSON.stringify(step.input)} has ${rows} texts, the limit is ${Math.floor(maximumPreprocessedElements / step.size)}`,
      });
  }
}

function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}
