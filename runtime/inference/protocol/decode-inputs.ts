import type { Problem } from "../../errors.ts";
import type { Tensor } from "../datatypes.ts";
import type { TensorMetadata } from "../inference.ts";
import { growthOf } from "../preprocessing/preprocess.ts";
import { type BinaryPart, cutBinaryData } from "./binary-parts.ts";
import { decodeBinary } from "./decode-binary.ts";
import { decodeElements } from "./decode-elements.ts";
import { parametersOf } from "./decode-parameters.ts";
import type { ModelInterface } from "./decode-request.ts";
import { checkDatatype, checkShape } from "./decode-tensor-head.ts";
import { findByName } from "./find-by-name.ts";
import { asObject, describeValue, type JsonObject } from "./values.ts";

/** Elements of all vectors that preprocessing may make for one request: 256 MiB of FP32. */
const maximumPreprocessedElements = 64 * 1024 * 1024;

/** The tensors of a request, each as JSON or in the binary data that followed it. */
export function decodeInputs(
  value: unknown,
  model: ModelInterface,
  binaryData: Uint8Array | undefined,
  problems: Problem[],
): Tensor[] {
  if (!Array.isArray(value)) {
    problems.push({ path: "inputs", message: `must be an array of tensors, not ${describeValue(value)}` });
    return [];
  }
  const parts = cutBinaryData(value, binaryData, problems);
  const seen = new Set<string>();
  const tensors: Tensor[] = [];
  value.forEach((item: unknown, index) => {
    const path = `inputs[${index}]`;
    const input = asObject(item);
    if (input === undefined) {
      problems.push({ path, message: `must be a tensor object, not ${describeValue(item)}` });
      return;
    }
    const place = { path: `${path}.name`, kind: "input" };
    const metadata = findByName(input.name, model.inputs, seen, place, problems);
    const tensor = decodeTensor(input, metadata, parts.get(index), path, problems);
    if (tensor !== undefined) tensors.push(tensor);
  });
  for (const { name } of model.inputs)
    if (!seen.has(name))
      problems.push({ path: "inputs", message: `input ${JSON.stringify(name)} is missing` });
  checkBatch(tensors, model, problems);
  return tensors;
}

function decodeTensor(
  input: JsonObject,
  metadata: TensorMetadata | undefined,
  part: BinaryPart | undefined,
  path: string,
  problems: Problem[],
): Tensor | undefined {
  const parameters = parametersOf(input.parameters, `${path}.parameters`, problems);
  if (parameters.shared_memory_region !== undefined) return undefined;
  const datatype = checkDatatype(input.datatype, metadata, `${path}.datatype`, problems);
  const shape = checkShape(input.shape, metadata, `${path}.shape`, problems);
  if (part === undefined && !Array.isArray(input.data)) {
    problems.push({ path: `${path}.data`, message: `must be an array, not ${describeValue(input.data)}` });
    return undefined;
  }
  if (datatype === undefined || shape === undefined || part === "wrong") return undefined;
  const data =
    part === undefined
      ? decodeElements(input.data as unknown[], datatype, shape, `${path}.data`, problems)
      : decodeBinary(part, datatype, shape, `${path}.parameters.binary_data_size`, problems);
  if (data === undefined || metadata === undefined) return undefined;
  return { name: metadata.name, datatype, shape, data };
}

/** The first dimension, where it is open, is the batch: the same for all inputs. */
export function checkBatch(tensors: Tensor[], model: ModelInterface, problems: Problem[]): void {
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
    const count = tensors.find((tensor) => tensor.name === step.input)?.data.length ?? 0;
    const growth = growthOf(step);
    if (count * growth > maximumPreprocessedElements)
      problems.push({
        path: "inputs",
        message: `input ${JSON.stringify(step.input)} has ${count} elements, the limit is ${Math.floor(maximumPreprocessedElements / growth)}`,
      });
  }
}
