import { ApiError } from "../../errors.ts";
import { decodeRawRequest } from "./decode-raw-request.ts";
import { type DecodedRequest, decodeRequest, type ModelInterface } from "./decode-request.ts";
import { encodeBinary } from "./encode-binary.ts";
import { type ComputedOutputs, responseHead, shapeOutputs, toJsonTensor } from "./encode-response.ts";
import { parseJson } from "./parse-json.ts";
import { parseRepeated } from "./repeated-json.ts";

/** An infer request as HTTP brings it, after decompression. */
export interface InferBody {
  /** JSON, and after it the binary tensors. Its buffer may be taken over; after an answer nobody looks at it any more. */
  bytes: Uint8Array;
  /** Inference-Header-Content-Length: bytes of the JSON; 0: there is none; undefined: all of it is JSON. */
  jsonLength: number | undefined;
  /** A header of the request by its name, for routes. Default: none has a value. */
  header?: (name: string) => string | undefined;
}

/** An infer answer as HTTP takes it. */
export interface InferAnswer {
  json: Uint8Array;
  /** Outputs in binary form, in order; with none the answer is JSON only. */
  binary: Uint8Array[];
  /** Of HTTP, besides those of the protocol. */
  headers?: Record<string, string>;
}

/** @throws ApiError `invalid-json`, `invalid-request`, `invalid-header` (400) */
export function decodeBody({ bytes, jsonLength }: InferBody, model: ModelInterface): DecodedRequest {
  if (jsonLength === 0) return decodeRawRequest(bytes, model);
  if (jsonLength !== undefined && jsonLength > bytes.length)
    throw new ApiError(
      `Inference-Header-Content-Length is ${jsonLength}, but the body has only ${bytes.length} bytes`,
      { status: 400, code: "invalid-header" },
    );
  const exactIntegers = model.inputs.some(({ datatype }) => datatype === "INT64" || datatype === "UINT64");
  const parse = (json: Uint8Array) => parseJson(json, { exactIntegers });
  if (jsonLength === undefined) return decodeRequest(parse(bytes), model);
  const json = parseRepeated(bytes.subarray(0, jsonLength), model, parse);
  return decodeRequest(json, model, bytes.subarray(jsonLength));
}

export function encodeBody(computed: ComputedOutputs): InferAnswer {
  const binary: Uint8Array[] = [];
  const outputs = shapeOutputs(computed).map(({ tensor, isBinary, parameters }) => {
    if (!isBinary) return toJsonTensor(tensor, parameters);
    const content = encodeBinary(tensor);
    binary.push(content);
    const { name, datatype, shape } = tensor;
    return { name, datatype, shape, parameters: { ...parameters, binary_data_size: content.length } };
  });
  return { json: Buffer.from(JSON.stringify({ ...responseHead(computed), outputs })), binary };
}
