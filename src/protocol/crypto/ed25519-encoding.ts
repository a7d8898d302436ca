/** p = 2^255 - 19, of the field that the curve is over (RFC 8032, section 5.1). */
const p = 2n ** 255n - 19n;
/** d of the curve -x² + y² = 1 + d x² y² (RFC 8032, section 5.1). */
const d = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;
/** L, the order of the base point, little-endian (RFC 8032, section 5.1). */
const order = hex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

/** The y of the eight points of small order, little-endian and without the sign of x: of order 4, 1, 2, 8 and 8. */
const smallOrder: readonly Uint8Array[] = [
  hex('0000000000000000000000000000000000000000000000000000000000000000'),
  hex('0100000000000000000000000000000000000000000000000000000000000000'),
  hex('ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'),
  hex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'),
  hex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'),
];

function hex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/**
 * True when the first 32 bytes encode a point of small order, with either sign of x, or a y that is not below p. Costs a few
 * comparisons for any other point.
 */
export function isSmallOrderOrNonCanonical(encoding: Uint8Array): boolean {
  return smallOrder.some((y) => isSameY(encoding, y)) || !isBelowP(encoding);
}

function isSameY(encoding: Uint8Array, y: Uint8Array): boolean {
  for (let i = 0; i < 31; i++) if (encoding[i] !== y[i]) return false;
  return ((encoding[31] ?? 0) & 0x7f) === y[31];
}

/** True for a y below p, which is `ed ff … ff 7f`: only a y with all of these bytes set can reach it. */
function isBelowP(encoding: Uint8Array): boolean {
  if (((encoding[31] ?? 0) & 0x7f) !== 0x7f) return true;
  for (let i = 30; i > 0; i--) if (encoding[i] !== 0xff) return true;
  return (encoding[0] ?? 0) < 0xed;
}

/** True when the last 32 of 64 bytes are a scalar below L (RFC 8032, section 5.1.7). */
export function isScalarBelowOrder(signature: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const byte = signature[32 + i] ?? 0;
    const limit = order[i] ?? 0;
    if (byte !== limit) return byte < limit;
  }
  return false;
}

/** True when a point of the curve has this y, which is below p: (y² - 1) / (d y² + 1) is a square (RFC 8032, section 5.1.3). */
export function isOnCurve(encoding: Uint8Array): boolean {
  let y = 0n;
  for (let i = 31; i >= 0; i--) y = (y << 8n) | BigInt(i === 31 ? (encoding[i] ?? 0) & 0x7f : (encoding[i] ?? 0));
  const square = (y * y) % p;
  const ratio = ((square + p - 1n) * (d * square + 1n)) % p;
  return ratio === 0n || power(ratio, (p - 1n) / 2n) === 1n;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % p;
    if (bit === '1') result = (result * base) % p;
  }
  return result;
}
