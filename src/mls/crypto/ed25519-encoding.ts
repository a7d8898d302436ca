import { littleEndian32 } from './little-endian.ts';

/** p, of the field that both forms of Curve25519 are over. */
const p = 2n ** 255n - 19n;
/** L, the order of the group that signatures are in (RFC 8032, section 5.1). */
const groupOrder = 2n ** 252n + 27742317777372353535851937790883648493n;
/** y of two of the four points of order 8; that of the other two is its negative. */
const y8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
/** y of the eight points whose order divides 8. */
const smallOrder: ReadonlySet<bigint> = new Set([0n, 1n, p - 1n, y8, p - y8]);

const lengthOfPoint = 32;

/**
 * True for 32 bytes whose y is below p and none of a point of small order. That the curve has a point of this y is not looked at: no
 * platform verifies anything with one that it has not (RFC 8032, section 5.1.3; rules of the groups page on weak keys).
 */
export function isSoundPublicKey(publicKey: Uint8Array): boolean {
  return publicKey.length === lengthOfPoint && isSoundPoint(publicKey);
}

/** True for 64 bytes whose R keeps to the same rules as a key and whose S is below L (RFC 8032, section 5.1.7). */
export function isSoundSignature(signature: Uint8Array): boolean {
  return (
    signature.length === 2 * lengthOfPoint &&
    isSoundPoint(signature) &&
    littleEndian32(signature, lengthOfPoint) < groupOrder
  );
}

function isSoundPoint(encoding: Uint8Array): boolean {
  const y = BigInt.asUintN(255, littleEndian32(encoding, 0));
  return y < p && !smallOrder.has(y);
}
