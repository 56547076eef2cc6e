import { ApiError } from "../errors.ts";
import type { OutboundAnswer } from "./outbound.ts";

/**
 * The whole body.
 * @param maximumBytes of the body as it is after decompression
 * @throws ApiError `answer-too-large` (422), `target-unreachable` (502) where the connection breaks
 */
export async function readAnswer(
  { body, url }: Pick<OutboundAnswer, "body" | "url">,
  maximumBytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += (chunk as Buffer).length;
      if (bytes > maximumBytes)
        throw new ApiError(`the answer of ${new URL(url).origin} is larger than ${maximumBytes} bytes`, {
          status: 422,
          code: "answer-too-large",
        });
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    if (error instanceof ApiError || (error instanceof Error && error.name === "AbortError")) throw error;
    throw new ApiError(`the answer of ${new URL(url).origin} broke off: ${(error as Error).message}`, {
      status: 502,
      code: "target-unreachable",
      cause: error,
    });
  }
  return Buffer.concat(chunks);
}
