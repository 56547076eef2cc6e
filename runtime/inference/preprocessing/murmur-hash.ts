const encoder = new TextEncoder();

/**
 * MurmurHash3_x86_32 of a text's UTF-8 bytes, as an unsigned 32-bit number; by Austin Appleby, public domain:
 * https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */
export function murmurHash3(text: string, seed = 0): number {
  const bytes = encoder.encode(text);
  const blocksEnd = bytes.length - (bytes.length % 4);
  let hash = seed | 0;
  for (let start = 0; start < blocksEnd; start += 4) {
    hash ^= scramble(littleEndian(bytes, start, 4));
    hash = (Math.imul(rotateLeft(hash, 13), 5) + 0xe6546b64) | 0;
  }
  if (blocksEnd < bytes.length) hash ^= scramble(littleEndian(bytes, blocksEnd, bytes.length - blocksEnd));
  return finalize(hash ^ bytes.length);
}

function littleEndian(bytes: Uint8Array, start: number, count: number): number {
  let value = 0;
  for (let offset = count - 1; offset >= 0; offset -= 1) value = (value << 8) | (bytes[start + offset] ?? 0);
  return value;
}

function scramble(block: number): number {
  return Math.imul(rotateLeft(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function finalize(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
