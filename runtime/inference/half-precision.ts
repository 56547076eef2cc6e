/*
 * IEEE 754 binary16: 1 sign bit, 5 exponent bits with bias 15, 10 fraction bits. Node 22 has no Float16Array.
 */

/** Magnitudes from here on round to infinity: half a step beyond the largest finite value, 65504. */
export const halfPrecisionOverflow = 65_520;

/** The 16 bits of the nearest half-precision number; ties go to the even one. */
export function toHalfPrecision(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude >= halfPrecisionOverflow) return sign | 0x7c00;
  if (magnitude < 2 ** -14) return sign | roundToEven(magnitude / 2 ** -24);
  const exponent = binaryExponent(magnitude);
  // A fraction that rounds up to 2048 carries into the exponent, which is the right number.
  return sign | (((exponent + 15) << 10) + roundToEven(magnitude / 2 ** (exponent - 10)) - 1024);
}

export function fromHalfPrecision(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The largest e with 2^e <= magnitude; log2 alone is off by one next to some powers of two. */
function binaryExponent(magnitude: number): number {
  const exponent = Math.floor(Math.log2(magnitude));
  if (2 ** exponent > magnitude) return exponent - 1;
  return 2 ** (exponent + 1) <= magnitude ? exponent + 1 : exponent;
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
