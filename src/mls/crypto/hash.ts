import { expand, extract } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import type { Bytes } from '../bytes.ts';
import type { CipherSuite } from './cipher-suite.ts';

/** The hash functions of the suites. */
export type HashName = 'SHA-256' | 'SHA-384' | 'SHA-512';

/** A hash function with the MAC and the key derivation that are made of it (RFC 9420, section 5.1; RFC 5869). */
export type HashFunction = Pick<CipherSuite, 'hashLength' | 'hash' | 'mac' | 'extract' | 'expand'>;

const functions = { 'SHA-256': sha256, 'SHA-384': sha384, 'SHA-512': sha512 };

/** Returns a hash function by its name. */
export function hashFunction(name: HashName): HashFunction {
  const sha = functions[name];
  return {
    hashLength: sha.outputLen,
    hash: (data): Bytes => sha(data),
    mac: (key, data): Bytes => hmac(sha, key, data),
    extract: (salt, inputKeyMaterial): Bytes => extract(sha, inputKeyMaterial, salt),
    expand: (pseudorandomKey, info, length): Bytes => expand(sha, pseudorandomKey, info, length),
  };
}
