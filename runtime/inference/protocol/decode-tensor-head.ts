import type { Problem } from "../../errors.ts";
import { datatypes, isDatatype } from "../datatypes.ts";
import type { Datatype, TensorMetadata } from "../inference.ts";
import { describeValue } from "./values.ts";

/** A tensor's datatype, which must be the model's. */
export function checkDatatype(
  value: unknown,
  metadata: TensorMetadata | undefined,
  path: string,
  problems: Problem[],
): Datatype | undefined {
  if (!isDatatype(value)) {
    const allowed = metadata?.datatype ?? `one of ${Object.keys(datatypes).join(", ")}`;
    const why = value === "BF16" ? ": ONNX Runtime for Node carries no BF16, send FP32 or FP16" : "";
    problems.push({ path, message: `must be ${allowed}, not ${describeValue(value)}${why}` });
    return undefined;
  }
  if (metadata !== undefined && value !== metadata.datatype) {
    problems.push({ path, message: `must be ${metadata.datatype}, not ${value}` });
    return undefined;
  }
  return value;
}

/** A tensor's shape, which must fit the model's. */
export function checkShape(
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
