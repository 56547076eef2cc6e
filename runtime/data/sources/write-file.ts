import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { ApiError } from "../../errors.ts";

/** How much may still be written. */
export interface ByteBudget {
  /** @throws ApiError `data-too-large` (422) */
  take(bytes: number): void;
}

export function byteBudget(maximumBytes: number): ByteBudget {
  let taken = 0;
  return {
    take(bytes) {
      taken += bytes;
      if (taken > maximumBytes)
        throw new ApiError(`the data is larger than ${maximumBytes} bytes: raise limits.bytes`, {
          status: 422,
          code: "data-too-large",
        });
    },
  };
}

/** Writes what comes into a file, as far as the budget goes. */
export async function writeWithin(
  chunks: AsyncIterable<Uint8Array | string>,
  file: string,
  budget: ByteBudget,
  signal: AbortSignal,
): Promise<void> {
  async function* counted() {
    for await (const chunk of chunks) {
      budget.take(Buffer.byteLength(chunk));
      yield chunk;
    }
  }
  await pipeline(counted, createWriteStream(file), { signal }).catch((error) => {
    signal.throwIfAborted();
    throw error;
  });
}
