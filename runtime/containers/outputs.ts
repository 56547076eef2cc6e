import { errorMessage } from "../errors.ts";
import type { Json } from "../workflows/workflow.ts";
import { finalError } from "./container-errors.ts";
import { maximumInputsBytes, maximumOutputsBytes } from "./container-runner.ts";
import { outputLine } from "./output-line.ts";

/** @throws ApiError `inputs-too-large` (422) */
export function inputsText(inputs: unknown): string {
  const text = JSON.stringify(inputs ?? {});
  const bytes = Buffer.byteLength(text);
  if (bytes <= maximumInputsBytes) return text;
  throw finalError(
    "inputs-too-large",
    `the inputs are ${bytes} bytes of JSON, at most ${maximumInputsBytes} are allowed: put large data into the bucket`,
  );
}

/**
 * The outputs of a container: what its file holds, and what its log told under other names.
 * @param file undefined or empty: it wrote none
 * @param fromLog the JSON of its output line
 * @throws ApiError `invalid-outputs` (422)
 */
export function readOutputs(file: string | undefined, fromLog: string | undefined): Record<string, Json> {
  const told = fromLog === undefined ? {} : parse(fromLog, `the line ${outputLine}`);
  const written =
    file === undefined || file.trim() === "" ? {} : parse(file, "the file named by SKYLOOM_OUTPUTS");
  return { ...told, ...written };
}

function parse(text: string, where: string): Record<string, Json> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw finalError("invalid-outputs", `${where}: no JSON: ${errorMessage(error)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw finalError("invalid-outputs", `${where}: must be a JSON object, name to value`);
  return value as Record<string, Json>;
}

/** @param maximum bytes that the file may hold there */
export function outputsTooLarge(maximum: number): Error {
  const other = maximum < maximumOutputsBytes ? `print a line ${outputLine}{…} instead, or ` : "";
  return finalError(
    "outputs-too-large",
    `the file named by SKYLOOM_OUTPUTS holds more than ${maximum} bytes: ${other}put large data into the bucket`,
  );
}
