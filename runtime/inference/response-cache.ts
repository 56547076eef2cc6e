import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { datatypes, type Tensor } from "./datatypes.ts";

/** Results of one model version by the content of what was asked; those not asked for longest go first. */
export interface ResponseCache {
  key(inputs: Tensor[], outputs: string[]): string;
  /** Not to be changed by its readers; undefined where it is not there. */
  get(key: string): Tensor[] | undefined;
  /** One that is larger than the whole cache is not kept. */
  set(key: string, outputs: Tensor[]): void;
  /** Of all results that are kept. */
  readonly bytes: number;
}

/** What an entry takes beside its tensors' data: key, names, shapes and the list's own. */
const entryBytes = 512;

export function createResponseCache(maximumBytes: number): ResponseCache {
  const results = new LRUCache<string, Tensor[]>({ maxSize: maximumBytes, sizeCalculation: sizeOf });
  return {
    key: contentHash,
    get: (key) => results.get(key),
    set(key, outputs) {
      // A view into a batch's result would keep all of the batch.
      results.set(
        key,
        outputs.map((output) => ({ ...output, data: output.data.slice() as Tensor["data"] })),
      );
    },
    get bytes() {
      return results.calculatedSize;
    },
  };
}

function contentHash(inputs: Tensor[], outputs: string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(outputs.toSorted()));
  for (const { name, datatype, shape, data } of inputs.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(JSON.stringify([name, datatype, shape]));
    if (Array.isArray(data)) hash.update(JSON.stringify(data));
    else hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("base64");
}

function sizeOf(outputs: Tensor[]): number {
  return outputs.reduce((sum, { datatype, data }) => {
    if (!Array.isArray(data)) return sum + data.byteLength;
    return data.reduce((bytes, text) => bytes + datatypes[datatype].elementBytes + 2 * text.length, sum);
  }, entryBytes);
}
