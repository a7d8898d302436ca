import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { type Bytes, wipe } from '../bytes.ts';
import type { CipherSuite } from './cipher-suite.ts';
import type { HashAndMac, HashName } from './hash-name.ts';
import { nodeHash } from './node-hash.ts';
import type { Provider } from './providers.ts';

/** A hash function with the MAC and the key derivation that are made of it (RFC 9420, section 5.1). */
export type HashFunction = Pick<CipherSuite, 'hashLength' | 'hash' | 'mac' | 'extract' | 'expand'>;

const functions = { 'SHA-256': sha256, 'SHA-384': sha384, 'SHA-512': sha512 };

/** Returns a hash function by its name: Node's, which takes a tenth of the time, or JavaScript. Both give the same bytes. */
export function hashFunction(name: HashName, provider?: Provider): HashFunction {
  const sha = functions[name];
  const inJavaScript: HashAndMac = { hash: (data) => sha(data), mac: (key, data) => hmac(sha, key, data) };
  const { hash, mac } = (provider === 'javascript' ? undefined : nodeHash(name)) ?? inJavaScript;
  return {
    hashLength: sha.outputLen,
    hash,
    mac,
    extract: mac,
    expand: (pseudorandomKey, info, length) => expand(mac, sha.outputLen, pseudorandomKey, info, length),
  };
}

/** HKDF-Expand (RFC 5869, section 2.3). */
function expand(mac: HashAndMac['mac'], hashLength: number, key: Uint8Array, info: Uint8Array, length: number): Bytes {
  const output = new Uint8Array(length);
  const block = new Uint8Array(hashLength + info.length + 1);
  block.set(info, hashLength);
  let start = hashLength;
  for (let offset = 0; offset < length; offset += hashLength) {
    block[block.length - 1] = offset / hashLength + 1;
    const part = mac(key, block.subarray(start));
    output.set(part.subarray(0, length - offset), offset);
    block.set(part);
    wipe([part]);
    start = 0;
  }
  wipe([block]);
  return output;
}
