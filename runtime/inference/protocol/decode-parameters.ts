import type { Problem } from "../../errors.ts";
import { asObject, describeValue, type JsonObject } from "./values.ts";

export interface RequestParameters {
  /** Whether outputs that do not say it themselves are returned in binary form. */
  binaryDataOutput: boolean;
  priority: number | undefined;
  timeoutSeconds: number | undefined;
}

/** The parameters of a whole request: `binary_data_output`, `priority`, and `timeout` in microseconds. */
export function decodeParameters(value: unknown, problems: Problem[]): RequestParameters {
  const parameters = parametersOf(value, "parameters", problems);
  const binaryDataOutput =
    readBoolean(parameters, "binary_data_output", "parameters.binary_data_output", problems) ?? false;
  const priority = readCount(parameters, "priority", "parameters.priority", problems);
  const timeout = readCount(parameters, "timeout", "parameters.timeout", problems);
  return {
    binaryDataOutput,
    // Of both, 0 stands for the model's default.
    priority: priority === 0 ? undefined : priority,
    timeoutSeconds: timeout === undefined || timeout === 0 ? undefined : timeout / 1e6,
  };
}

/** The parameters of a request, an input or an output; shared memory in them is refused, and told as such. */
export function parametersOf(value: unknown, path: string, problems: Problem[]): JsonObject {
  if (value === undefined) return {};
  const parameters = asObject(value);
  if (parameters === undefined) {
    problems.push({ path, message: `must be an object, not ${describeValue(value)}` });
    return {};
  }
  if (parameters.shared_memory_region !== undefined)
    problems.push({
      path: `${path}.shared_memory_region`,
      message:
        "is not supported: there is no shared memory, send and take data in the request and its answer",
    });
  return parameters;
}

export function readBoolean(
  parameters: JsonObject,
  name: string,
  path: string,
  problems: Problem[],
): boolean | undefined {
  const value = parameters[name];
  if (value === undefined || typeof value === "boolean") return value;
  problems.push({ path, message: `must be true or false, not ${describeValue(value)}` });
  return undefined;
}

/** A whole number from 0. */
export function readCount(
  parameters: JsonObject,
  name: string,
  path: string,
  problems: Problem[],
): number | undefined {
  const value = parameters[name];
  if (value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0))
    return value as number | undefined;
  problems.push({ path, message: `must be a whole number of at least 0, not ${describeValue(value)}` });
  return undefined;
}
