import { type Bytes, concat } from '../bytes.ts';
import { MlsError } from '../errors.ts';
import type { SignatureScheme } from './cipher-suite.ts';
import { isSoundPublicKey, isSoundSignature } from './ed25519-encoding.ts';
import { generatedSignaturePair } from './generated-signature-pair.ts';

/** What stands in front of a raw private key in PKCS #8 (RFC 8410, section 7). */
const pkcs8Prefixes = {
  Ed25519: Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20),
  Ed448: Uint8Array.of(0x30, 0x47, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x71, 4, 0x3b, 4, 0x39),
};

/** What is asked of the bytes before the platform is: platforms differ on weak keys and signatures of Ed25519. */
const isSound = {
  Ed25519: (publicKey: Bytes, signature: Bytes) => isSoundPublicKey(publicKey) && isSoundSignature(signature),
  Ed448: (publicKey: Bytes, signature: Bytes) => publicKey.length === 57 && signature.length === 114,
};

/** Returns EdDSA by WebCrypto (RFC 8032). */
export function eddsa(name: 'Ed25519' | 'Ed448'): SignatureScheme {
  return {
    generateKeyPair: () => generatedSignaturePair({ name }),
    async importPrivateKey(raw, publicKey) {
      try {
        const pkcs8 = concat(pkcs8Prefixes[name], raw);
        return { publicKey, privateKey: await crypto.subtle.importKey('pkcs8', pkcs8, { name }, false, ['sign']) };
      } catch (cause) {
        throw new MlsError('invalid_private_key', 'The bytes are no private key of this scheme.', { cause });
      }
    },
    async sign(privateKey, data) {
      return new Uint8Array(await crypto.subtle.sign({ name }, privateKey, data));
    },
    async verify(publicKey, data, signature) {
      if (!isSound[name](publicKey, signature)) return false;
      const key = await importPublicKey(name, publicKey);
      return key !== undefined && crypto.subtle.verify({ name }, key, signature, data);
    },
  };
}

async function importPublicKey(name: string, publicKey: Bytes): Promise<CryptoKey | undefined> {
  try {
    return await crypto.subtle.importKey('raw', publicKey, { name }, false, ['verify']);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'DataError') return undefined;
    throw cause;
  }
}
