import { type BenchModel, shapeOf } from "../models/bench-model.ts";
import type { Encoding } from "../row.ts";
import type { RunningServer } from "./server.ts";
import { littleEndian, numbersOf } from "./tensor-bytes.ts";

const HEADER_LENGTH = "inference-header-content-length";

/** Request and answer of the Open Inference Protocol; binary by its extension for binary tensors. */
export function openInference(
  model: BenchModel,
  encoding: Encoding,
): Pick<RunningServer, "request" | "readAnswer"> {
  const path = `/v2/models/${model.name}/infer`;
  const { name, datatype } = model.input;
  const input = { name, datatype, shape: shapeOf(model.input, 1) };
  if (encoding === "json") {
    const body = Buffer.from(JSON.stringify({ inputs: [{ ...input, data: numbersOf(model.sample) }] }));
    return { request: { path, headers: { "content-type": "application/json" }, body }, readAnswer: readJson };
  }
  const tensor = littleEndian(model.sample);
  const json = Buffer.from(
    JSON.stringify({
      parameters: { binary_data_output: true },
      inputs: [{ ...input, parameters: { binary_data_size: tensor.length } }],
    }),
  );
  const headers = { "content-type": "application/octet-stream", [HEADER_LENGTH]: String(json.length) };
  return { request: { path, headers, body: Buffer.concat([json, tensor]) }, readAnswer: readBinary };
}

function readJson(_headers: Headers, body: Buffer): number[] {
  const [output] = (JSON.parse(body.toString("utf8")) as { outputs: { data: unknown[] }[] }).outputs;
  return (output?.data.flat(Number.POSITIVE_INFINITY) ?? []) as number[];
}

function readBinary(headers: Headers, body: Buffer): number[] {
  const length = Number(headers.get(HEADER_LENGTH));
  if (!(length > 0)) throw new Error(`the answer to a binary request has no header ${HEADER_LENGTH}`);
  return numbersOf(new Float32Array(Uint8Array.from(body.subarray(length)).buffer));
}
