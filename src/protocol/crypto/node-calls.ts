import type { Bytes } from '../bytes.ts';
import { encodeBase64 } from '../wire/base64.ts';
import type { Subtle } from './subtle.ts';

/** Bytes that are hashed on the calling thread at most: some milliseconds. */
const mostAtOnce = 4 * 1024 * 1024;

const node = globalThis.process?.getBuiltinModule?.('node:crypto');
const verifyKeys = new WeakMap<CryptoKey, ReturnType<NonNullable<typeof node>['createPublicKey']>>();

/**
 * True where Node's synchronous calls take the place of `subtle`: it is Node's own, not one that a test has put there. Each of its calls is a
 * hop to another thread and back, which takes longer than what it does. They are for what needs no secret: the bytes of a secret key
 * never leave SubtleCrypto.
 */
export function isNodes(subtle: object): boolean {
  return node !== undefined && subtle === globalThis.crypto?.subtle;
}

/** Returns SHA-256 of `data` at once; undefined where the platform has to be asked. */
export function hashNow(subtle: Subtle, data: Bytes): Bytes | undefined {
  if (node === undefined || data.length > mostAtOnce || !isNodes(subtle)) return undefined;
  const digest = node.hash('sha256', data, 'buffer');
  // Node's small buffers are views of one that is larger.
  return new Uint8Array(digest);
}

/** Takes note of the bytes of a public Ed25519 key, for `verifyNow`. */
export function knowVerifyKey(subtle: Subtle, key: CryptoKey, publicKey: Bytes): void {
  if (node === undefined || !isNodes(subtle)) return;
  verifyKeys.set(key, node.createPublicKey({ key: jsonWebKey(publicKey), format: 'jwk' }));
}

/** Takes note that `clone` is the same key as `key`. */
export function knowClone(key: CryptoKey, clone: CryptoKey): void {
  const known = verifyKeys.get(key);
  if (known !== undefined) verifyKeys.set(clone, known);
}

/** Says at once whether an Ed25519 signature is right; undefined where the platform has to be asked. */
export function verifyNow(subtle: Subtle, key: CryptoKey, signature: Bytes, data: Bytes): boolean | undefined {
  const known = verifyKeys.get(key);
  if (node === undefined || known === undefined || !isNodes(subtle)) return undefined;
  return node.verify(null, data, known, signature);
}

/** A public Ed25519 key as a JSON Web Key (RFC 8037, section 2). */
function jsonWebKey(publicKey: Bytes) {
  const x = encodeBase64(publicKey).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return { kty: 'OKP', crv: 'Ed25519', x };
}
