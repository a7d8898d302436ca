import { MlsError } from '../errors.ts';
import type { SignatureKeyPair } from './cipher-suite.ts';

/**
 * How often a pair is asked for. WebKitGTK fails at one in 128 pairs of Ed25519, those with a key that begins with a zero byte
 * (bugs.webkit.org 307095), so that even half of these would do.
 */
const attempts = 8;

/**
 * Generates a key pair of a signature scheme by WebCrypto, its private key not extractable. Throws `unsupported_cipher_suite` where the
 * platform lacks the scheme.
 */
export async function generatedSignaturePair(algorithm: EcKeyGenParams | Algorithm): Promise<SignatureKeyPair> {
  const { publicKey, privateKey } = await generate(algorithm, attempts);
  return { publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)), privateKey };
}

async function generate(algorithm: EcKeyGenParams | Algorithm, left: number): Promise<CryptoKeyPair> {
  try {
    const pair = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
    if ('privateKey' in pair) return pair;
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause;
    if (cause.name === 'OperationError' && left > 1) return generate(algorithm, left - 1);
    if (cause.name !== 'NotSupportedError') throw cause;
  }
  const name = 'namedCurve' in algorithm ? `${algorithm.name} on ${algorithm.namedCurve}` : algorithm.name;
  throw new MlsError('unsupported_cipher_suite', `The platform has no ${name}.`);
}
