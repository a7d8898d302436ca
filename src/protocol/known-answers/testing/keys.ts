import { type Bytes, concat, fromHex } from '../../bytes.ts';

const { subtle } = crypto;
/** PKCS#8 up to the 32 bytes of the private key (RFC 8410, section 7). */
const curve = { X25519: '302e020100300506032b656e04220420', Ed25519: '302e020100300506032b657004220420' } as const;

/** A private key from its 32 bytes. */
export function importCurveKey(name: keyof typeof curve, raw: Bytes): Promise<CryptoKey> {
  const uses: KeyUsage[] = name === 'X25519' ? ['deriveBits'] : ['sign'];
  return subtle.importKey('pkcs8', concat(fromHex(curve[name]), raw), name, false, uses);
}

/** An agent's long-term private key. */
export function importRsaKey(name: 'RSA-PSS' | 'RSA-OAEP', pkcs8: Bytes): Promise<CryptoKey> {
  return subtle.importKey('pkcs8', pkcs8, { name, hash: 'SHA-256' }, false, [name === 'RSA-PSS' ? 'sign' : 'decrypt']);
}

/** An HMAC-SHA-256 key of 32 bytes. */
export function importMacKey(raw: Bytes): Promise<CryptoKey> {
  return subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}
