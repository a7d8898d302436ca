/** Returns the number that 32 bytes at this place hold, the least significant first, as Curve25519 writes its numbers. */
export function littleEndian32(bytes: Uint8Array, offset: number): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 32);
  let number = 0n;
  for (let word = 24; word >= 0; word -= 8) number = (number << 64n) | view.getBigUint64(word, true);
  return number;
}
