import type { Bytes } from '../bytes.ts';

/** Returns a private scalar of a NIST curve in so many bytes: some of the official vectors leave out its leading zeros. */
export function paddedScalar(scalar: Bytes, length: number): Bytes {
  if (scalar.length >= length) return scalar;
  const whole = new Uint8Array(length);
  whole.set(scalar, length - scalar.length);
  return whole;
}
