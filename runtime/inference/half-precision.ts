/** Magnitudes from here on round to infinity: half a step beyond the largest finite value, 65504. */
export const halfPrecisionOverflow = 65_520;

const view = new DataView(new ArrayBuffer(2));

/** The 16 bits of the nearest number of IEEE 754 binary16; ties go to the even one. */
export function toHalfPrecision(value: number): number {
  view.setFloat16(0, value);
  return view.getUint16(0);
}

export function fromHalfPrecision(bits: number): number {
  view.setUint16(0, bits);
  return view.getFloat16(0);
}
