/**
 * Returns the Padmé length of `length` bytes: at most 12% more, and only O(log log length) bits of it leak (PURBs,
 * section 4).
 */
export function padmeLength(length: number): number {
  if (length < 2) return length;
  const exponent = Math.floor(Math.log2(length));
  const zeroBits = exponent - (Math.floor(Math.log2(exponent)) + 1);
  const unit = 2 ** Math.max(0, zeroBits);
  return Math.ceil(length / unit) * unit;
}

/**
 * Returns the trailing spaces that bring `length` bytes to their Padmé length (protocol page, section 4); JSON
 * ignores them.
 */
export function paddingFor(length: number): string {
  return ' '.repeat(padmeLength(length) - length);
}
