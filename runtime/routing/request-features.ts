import { invalidInput, type Problem } from "../errors.ts";
import { datatypes, isDatatype } from "../inference/datatypes.ts";
import { fromHalfPrecision } from "../inference/half-precision.ts";
import type { InferRequest } from "../inference/inference.ts";
import { cutBinaryData } from "../inference/protocol/binary-parts.ts";
import type { InferBody } from "../inference/protocol/infer-body.ts";
import { parseJson } from "../inference/protocol/parse-json.ts";
import { asObject } from "../inference/protocol/values.ts";
import type { Feature } from "./route.ts";

/** JSON is parsed once more for features, on the main thread: more than this would hold up other requests. */
const maximumJsonBytes = 128 * 1024;

/** One request, as far as routes look at it. */
export interface RoutedRequest {
  header(name: string): string | undefined;
  /** Of all inputs: what was sent, not checked yet. */
  inputs(): RequestInputs;
}

export interface RequestInputs {
  inputs: unknown[];
  /** After the JSON. */
  binaryData?: Uint8Array | undefined;
}

export function requestOfBody({ bytes, jsonLength, header }: InferBody): RoutedRequest {
  return {
    header: (name) => header?.(name),
    inputs() {
      if ((jsonLength ?? bytes.length) > maximumJsonBytes || jsonLength === 0)
        throw invalidInput(
          "invalid-request",
          [
            {
              path: "inputs",
              message: `this route reads features from the inputs: send at most ${maximumJsonBytes} bytes of JSON, large tensors in binary form after it`,
            },
          ],
          "request",
        );
      const inputs = asObject(parseJson(bytes.subarray(0, jsonLength)))?.inputs;
      const binaryData = jsonLength === undefined ? undefined : bytes.subarray(jsonLength);
      return { inputs: Array.isArray(inputs) ? inputs : [], binaryData };
    },
  };
}

export function requestOfValues({ inputs }: InferRequest): RoutedRequest {
  return { header: () => undefined, inputs: () => ({ inputs: Array.isArray(inputs) ? inputs : [] }) };
}

/**
 * The numbers that a route declares, divided by their scales, after a constant 1.
 * @throws ApiError `invalid-request` (400) with every feature that the request does not have
 */
export function readFeatures(declared: Feature[], request: RoutedRequest): number[] {
  const problems: Problem[] = [];
  const sent = declared.some((feature) => "input" in feature) ? request.inputs() : { inputs: [] };
  const parts = cutBinaryData(sent.inputs, sent.binaryData, problems);
  const values = declared.map((feature) => {
    const isInput = "input" in feature;
    const value = isInput
      ? elementOf(sent.inputs, parts, feature)
      : headerNumber(request.header(feature.header));
    if (value === undefined || !Number.isFinite(value))
      problems.push({
        path: isInput ? `inputs.${feature.input}[${feature.index}]` : `header ${feature.header}`,
        message: "must be a number: the route chooses by it",
      });
    return (value ?? 0) / feature.scale;
  });
  if (problems.length > 0) throw invalidInput("invalid-request", problems, "request");
  return [1, ...values];
}

function headerNumber(text: string | undefined): number | undefined {
  return text === undefined || text.trim() === "" ? undefined : Number(text);
}

function elementOf(
  inputs: unknown[],
  parts: ReturnType<typeof cutBinaryData>,
  { input: name, index }: { input: string; index: number },
): number | undefined {
  const place = inputs.findIndex((input) => asObject(input)?.name === name);
  const input = asObject(inputs[place]);
  const part = parts.get(place);
  const value =
    part instanceof Uint8Array
      ? binaryElement(part, input?.datatype, index)
      : nestedElement(input?.data, index);
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  return typeof value === "number" ? value : undefined;
}

/** The data may be nested as the shape says. */
function nestedElement(data: unknown, index: number): unknown {
  if (!Array.isArray(data)) return undefined;
  if (!Array.isArray(data[0])) return data[index];
  return data.flat(16)[index];
}

function binaryElement(bytes: Uint8Array, datatype: unknown, index: number): number | bigint | undefined {
  if (!isDatatype(datatype)) return undefined;
  const { array: ElementArray, elementBytes } = datatypes[datatype];
  const element = bytes.slice(index * elementBytes, (index + 1) * elementBytes);
  if (ElementArray === undefined || element.length !== elementBytes) return undefined;
  const [value] = new ElementArray(new Uint8Array(element).buffer);
  return datatype === "FP16" ? fromHalfPrecision(Number(value)) : value;
}
