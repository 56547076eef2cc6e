import { endianness } from "node:os";

/** A tensor as the bytes that all of these servers want. Every machine that runs them has this order. */
export function littleEndian(data: Float32Array | BigInt64Array): Buffer {
  if (endianness() !== "LE") throw new Error("binary tensors are measured on little-endian machines only");
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

export function numbersOf(data: Float32Array | BigInt64Array): number[] {
  return Array.from(data as ArrayLike<number | bigint>, Number);
}
