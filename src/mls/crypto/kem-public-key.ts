import { littleEndian32 } from './little-endian.ts';

const p = 2n ** 255n - 19n;
const u8 = 0x00b8495f16056286fdb1329ceb8d09da6ac49ff1fae35616aeb8413b7c7aebe0n;
const otherU8 = 0x57119fd0dd4e22d8868e1c58c45c44045bef839c55b1d0b1248c50a3bc959c5fn;
/** u of the points, on Curve25519 and its twist, that make every secret zero (RFC 7748, section 6.1). */
const smallOrder: ReadonlySet<bigint> = new Set([0n, 1n, p - 1n, u8, otherU8]);

const x25519Length = 32;
const q = 3329;
/** The 768 coefficients of an ML-KEM-768 encapsulation key, two in three bytes; 32 bytes of a seed follow. */
const coefficientsLength = 1152;
const mlKem768Length = coefficientsLength + 32;

/** What is asked of a public key before the platform is, by the number of its KEM. Platforms see to the rest when they import it. */
const checks: Readonly<Record<number, (publicKey: Uint8Array) => boolean>> = {
  16: isUncompressed,
  17: isUncompressed,
  18: isUncompressed,
  32: isX25519Key,
  25722: (publicKey) =>
    publicKey.length === mlKem768Length + x25519Length &&
    isMlKem768Key(publicKey) &&
    isX25519Key(publicKey.subarray(mlKem768Length)),
};

/**
 * False for bytes that are no public key of this KEM whatever the platform says of them: X25519 keys of small order, with which nobody
 * can encrypt (RFC 9180, section 7.1.4), ML-KEM keys with a coefficient that is not reduced (FIPS 203, section 7.2), compressed points.
 */
export function isSoundKemKey(kemId: number, publicKey: Uint8Array): boolean {
  return checks[kemId]?.(publicKey) ?? true;
}

/** True for a KEM of which every public key that `isSoundKemKey` takes is one: there is nothing left that the platform could find. */
export function isDecidedByBytes(kemId: number): boolean {
  return kemId === 0x0020 || kemId === 0x647a;
}

function isUncompressed(publicKey: Uint8Array): boolean {
  return publicKey[0] === 4;
}

function isX25519Key(publicKey: Uint8Array): boolean {
  if (publicKey.length !== x25519Length) return false;
  return !smallOrder.has(BigInt.asUintN(255, littleEndian32(publicKey, 0)) % p);
}

function isMlKem768Key(publicKey: Uint8Array): boolean {
  for (let i = 0; i < coefficientsLength; i += 3) {
    const middle = publicKey[i + 1] ?? 0;
    const first = (publicKey[i] ?? 0) | ((middle & 0xf) << 8);
    const second = (middle >> 4) | ((publicKey[i + 2] ?? 0) << 4);
    if (first >= q || second >= q) return false;
  }
  return true;
}
