import { type Bytes, noBytes } from '../bytes.ts';
import { MlsError } from '../errors.ts';
import { toBase64url } from './base64url.ts';
import type { SignatureScheme } from './cipher-suite.ts';
import { derToRaw, rawToDer } from './ecdsa-der.ts';
import { generatedSignaturePair } from './generated-signature-pair.ts';
import { paddedScalar } from './nist-scalar.ts';

/** A curve of ECDSA with the bytes of its field, and the hash that its suite pairs it with (RFC 9420, section 17.1). */
interface Curve {
  readonly namedCurve: 'P-256' | 'P-384' | 'P-521';
  readonly hash: 'SHA-256' | 'SHA-384' | 'SHA-512';
  readonly fieldLength: number;
}

/** The three curves, by their names. */
export const curves = {
  'P-256': { namedCurve: 'P-256', hash: 'SHA-256', fieldLength: 32 },
  'P-384': { namedCurve: 'P-384', hash: 'SHA-384', fieldLength: 48 },
  'P-521': { namedCurve: 'P-521', hash: 'SHA-512', fieldLength: 66 },
} as const satisfies Record<string, Curve>;

/** Returns ECDSA by WebCrypto, its signatures in DER (RFC 9420, section 5.1.2). */
export function ecdsa({ namedCurve, hash, fieldLength }: Curve): SignatureScheme {
  const keyAlgorithm = { name: 'ECDSA', namedCurve };
  const algorithm = { name: 'ECDSA', hash };

  async function importPublicKey(publicKey: Bytes): Promise<CryptoKey | undefined> {
    if (publicKey.length !== 1 + 2 * fieldLength || publicKey[0] !== 4) return undefined;
    try {
      return await crypto.subtle.importKey('raw', publicKey, keyAlgorithm, false, ['verify']);
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === 'DataError') return undefined;
      throw cause;
    }
  }

  return {
    generateKeyPair: () => generatedSignaturePair(keyAlgorithm),
    async importPrivateKey(raw, publicKey) {
      const jwk = {
        kty: 'EC',
        crv: namedCurve,
        x: toBase64url(publicKey.subarray(1, 1 + fieldLength)),
        y: toBase64url(publicKey.subarray(1 + fieldLength)),
        d: toBase64url(paddedScalar(raw, fieldLength)),
      };
      try {
        return { publicKey, privateKey: await crypto.subtle.importKey('jwk', jwk, keyAlgorithm, false, ['sign']) };
      } catch (cause) {
        throw new MlsError('invalid_private_key', 'The bytes are no private key of this scheme.', { cause });
      }
    },
    async sign(privateKey, data) {
      return rawToDer(new Uint8Array(await crypto.subtle.sign(algorithm, privateKey, data)));
    },
    async verify(publicKey, data, signature) {
      const key = await importPublicKey(publicKey);
      const raw = derToRaw(signature, fieldLength) ?? noBytes;
      return key !== undefined && raw.length > 0 && crypto.subtle.verify(algorithm, key, raw, data);
    },
  };
}
