import { type Bytes, ownBytes, wipe } from '../bytes.ts';
import type { HashAndMac, HashName } from './hash-name.ts';

const nodeNames = { 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };
const blockLengths = { 'SHA-256': 64, 'SHA-384': 128, 'SHA-512': 128 };

/** Returns a hash function of Node's, which is synchronous as WebCrypto's is not; `undefined` elsewhere. */
export function nodeHash(name: HashName): HashAndMac | undefined {
  const node = globalThis.process?.getBuiltinModule?.('node:crypto');
  if (node?.hash === undefined) return undefined;
  const hash = (data: Uint8Array): Bytes => ownBytes(node.hash(nodeNames[name], data, 'buffer'));
  return { hash, mac: (key, data) => hmac(hash, blockLengths[name], key, data) };
}

/** HMAC (RFC 2104, section 2). Node's own makes an object for each that takes longer than both hashes. */
function hmac(hash: (data: Uint8Array) => Bytes, blockLength: number, key: Uint8Array, data: Uint8Array): Bytes {
  const short = key.length > blockLength ? hash(key) : key;
  const inner = new Uint8Array(blockLength + data.length);
  inner.set(short);
  const outer = inner.slice(0, blockLength);
  for (let i = 0; i < blockLength; i++) {
    inner[i] = (inner[i] ?? 0) ^ 0x36;
    outer[i] = (outer[i] ?? 0) ^ 0x5c;
  }
  inner.set(data, blockLength);
  const digest = hash(inner);
  const whole = new Uint8Array(blockLength + digest.length);
  whole.set(outer);
  whole.set(digest, blockLength);
  const tag = hash(whole);
  wipe([inner, outer, whole]);
  return tag;
}
