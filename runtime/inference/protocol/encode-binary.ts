import type { Tensor } from "../datatypes.ts";

/** A tensor's elements as decodeBinary reads them; numbers are not copied. */
export function encodeBinary({ data }: Tensor): Uint8Array {
  if (!Array.isArray(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const lengths = data.map((text) => Buffer.byteLength(text));
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + length, 0));
  let offset = 0;
  data.forEach((text, index) => {
    offset = bytes.writeUInt32LE(lengths[index] ?? 0, offset);
    offset += bytes.write(text, offset);
  });
  return bytes;
}
