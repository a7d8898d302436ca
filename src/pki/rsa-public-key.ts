import { type Bytes, toHex } from '../protocol/bytes.ts';
import { isBytes } from '../protocol/realm.ts';

/** AlgorithmIdentifier of `rsaEncryption` with NULL parameters (RFC 8017, appendix A.1), DER in hex. */
const rsaEncryption = '300d06092a864886f70d0101010500';
/** The same two bounds as in the protocol page, section 2. */
const leastBits = 2_048;
const mostBits = 4_096;
const exponent = '010001';

const uses = {
  signing: { algorithm: { name: 'RSA-PSS', hash: 'SHA-256' }, usage: 'verify' },
  encryption: { algorithm: { name: 'RSA-OAEP', hash: 'SHA-256' }, usage: 'encrypt' },
} as const;

/** An accepted RSA public key. */
export interface RsaPublicKey {
  readonly key: CryptoKey;
  readonly bits: number;
}

/**
 * Reads the key in an SPKI when an agent may have it (protocol page, section 2): `rsaEncryption`, 2048 to 4096 bits,
 * e = 65537, canonical DER. Otherwise undefined.
 */
export async function readRsaPublicKey(spki: Bytes, use: keyof typeof uses): Promise<RsaPublicKey | undefined> {
  // SEQUENCE with a two-byte length, as every RSA key of at least 1024 bits has, then the algorithm.
  if (toHex(spki.subarray(4, 19)) !== rsaEncryption) return undefined;
  const { algorithm, usage } = uses[use];
  try {
    const key = await crypto.subtle.importKey('spki', spki, algorithm, true, [usage]);
    const bits = modulusBits(key);
    if (bits === undefined || bits < leastBits || bits > mostBits) return undefined;
    const canonical = new Uint8Array(await crypto.subtle.exportKey('spki', key));
    return toHex(canonical) === toHex(spki) ? { key, bits } : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the modulus length of a key with e = 65537; undefined for any other key. */
function modulusBits({ algorithm }: CryptoKey): number | undefined {
  if (!('modulusLength' in algorithm) || typeof algorithm.modulusLength !== 'number') return undefined;
  if (!('publicExponent' in algorithm) || !isBytes(algorithm.publicExponent)) return undefined;
  return toHex(algorithm.publicExponent) === exponent ? algorithm.modulusLength : undefined;
}
