import type { ModelInterface } from "./decode-request.ts";

/** Larger ones are parsed each time: to keep them for each model could take much memory. */
const maximumBytes = 4096;

interface Latest {
  bytes: Buffer;
  /** From the second time on; frozen, since all requests with these bytes have it. */
  value?: unknown;
}

const latestOf = new WeakMap<ModelInterface, Latest>();

/**
 * The value of the JSON before binary tensors. Clients mostly send the same before other tensors, and to parse it takes
 * as long as to read a small tensor itself: it is done once for as long as it stays the same for a model.
 */
export function parseRepeated(
  bytes: Uint8Array,
  model: ModelInterface,
  parse: (bytes: Uint8Array) => unknown,
): unknown {
  if (bytes.length > maximumBytes) return parse(bytes);
  const latest = latestOf.get(model);
  if (latest?.bytes.equals(bytes) !== true) {
    latestOf.set(model, { bytes: Buffer.from(bytes) });
    return parse(bytes);
  }
  if (latest.value === undefined) latest.value = frozen(parse(bytes));
  return latest.value;
}

function frozen(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
