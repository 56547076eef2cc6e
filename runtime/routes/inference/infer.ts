import type { IncomingHttpHeaders } from "node:http";
import type { Response } from "express";
import { ApiError } from "../../errors.ts";
import type { Inference } from "../../inference/inference.ts";
import { CallerLeft } from "./caller-left.ts";
import { sendAnswer } from "./send-answer.ts";

export interface InferCall {
  name: string;
  version: string | undefined;
  body: Uint8Array;
}

/** Counts the bytes of the JSON before the binary tensors; in compressed bodies, of the JSON decompressed. */
export const jsonLengthHeader = "Inference-Header-Content-Length";
/** As Node has it in a request's headers. */
export const jsonLengthName = jsonLengthHeader.toLowerCase();

/** `POST …/infer`: JSON, binary tensors after it, or the content of a single input. */
export function createInferHandler(inference: Pick<Inference, "inferBody">) {
  return async ({ name, version, body }: InferCall, response: Response): Promise<void> => {
    const jsonLength = readJsonLength(response.req.headers[jsonLengthName]);
    const header = (headerName: string) => response.req.get(headerName);
    const answer = await inference.inferBody(
      name,
      version,
      { bytes: body, jsonLength, header },
      new CallerLeft(response),
    );
    await sendAnswer(response, answer);
  };
}

function readJsonLength(given: IncomingHttpHeaders[string]): number | undefined {
  if (given === undefined) return undefined;
  const header = String(given);
  if (/^\d{1,15}$/.test(header)) return Number(header);
  throw new ApiError(
    `the header ${jsonLengthHeader} must be the number of bytes of the JSON, not ${JSON.stringify(header.slice(0, 40))}`,
    { status: 400, code: "invalid-header" },
  );
}
