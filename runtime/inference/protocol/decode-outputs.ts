import type { Problem } from "../../errors.ts";
import type { TensorMetadata } from "../inference.ts";
import { parametersOf, readBoolean, readCount } from "./decode-parameters.ts";
import { findByName } from "./find-by-name.ts";
import { asObject, describeValue, type JsonObject } from "./values.ts";

export interface OutputForm {
  isBinary: boolean;
  /** Return only so many best classes of each row, as texts; undefined: return the output itself. */
  classes?: number | undefined;
}

/** By the outputs' names. */
export type OutputForms = Map<string, OutputForm>;

/** Which outputs a request wants, and how; without a list all of them, in the form that the request wants for all. */
export function decodeOutputs(
  value: unknown,
  outputs: TensorMetadata[],
  binaryDataOutput: boolean,
  problems: Problem[],
): { outputs: string[]; forms: OutputForms } {
  const forms: OutputForms = new Map();
  if (value !== undefined && !Array.isArray(value))
    problems.push({ path: "outputs", message: `must be an array of {name}, not ${describeValue(value)}` });
  const seen = new Set<string>();
  for (const [index, item] of (Array.isArray(value) ? value : []).entries()) {
    const path = `outputs[${index}]`;
    const output = asObject(item);
    if (output === undefined) {
      problems.push({ path, message: `must be an object with a name, not ${describeValue(item)}` });
      continue;
    }
    const place = { path: `${path}.name`, kind: "output" };
    const metadata = findByName(output.name, outputs, seen, place, problems);
    if (metadata !== undefined)
      forms.set(metadata.name, formOf(output, metadata, binaryDataOutput, path, problems));
  }
  if (forms.size === 0) for (const { name } of outputs) forms.set(name, { isBinary: binaryDataOutput });
  return { outputs: [...forms.keys()], forms };
}

function formOf(
  output: JsonObject,
  metadata: TensorMetadata,
  binaryDataOutput: boolean,
  outputPath: string,
  problems: Problem[],
): OutputForm {
  const path = `${outputPath}.parameters`;
  const parameters = parametersOf(output.parameters, path, problems);
  const isBinary =
    readBoolean(parameters, "binary_data", `${path}.binary_data`, problems) ?? binaryDataOutput;
  const classes = readCount(parameters, "classification", `${path}.classification`, problems);
  if (classes === undefined || classes === 0) return { isBinary };
  if (metadata.datatype === "BYTES" || metadata.datatype === "BOOL")
    problems.push({
      path: `${path}.classification`,
      message: `needs an output of numbers; ${JSON.stringify(metadata.name)} is ${metadata.datatype}`,
    });
  return { isBinary, classes };
}
