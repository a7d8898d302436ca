import type { Bytes } from '../../src/protocol/bytes.ts';
import type { RawOperation } from '../recorder.ts';

/** The lengths of what the cryptography of one message works on, in bytes. */
export interface Lengths {
  readonly plaintext: number;
  readonly header: number;
}

const labelLength = 'parley/1 message signature\0'.length;
const { subtle } = crypto;
const node = globalThis.process?.getBuiltinModule?.('node:crypto');

/**
 * Returns the raw operations that a message cannot do without, on both sides: encrypt, hash, sign; hash, verify, decrypt. On Node what
 * needs no secret is done by the synchronous calls.
 */
export async function messageFloor({ plaintext, header }: Lengths): Promise<readonly RawOperation[]> {
  const key = await subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const pair = await subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  if (!('publicKey' in pair)) throw new TypeError('Ed25519 keys come in pairs.');
  const iv = random(12);
  const gcm = { name: 'AES-GCM', iv, additionalData: random('parley/1 message\0'.length + header), tagLength: 128 };
  const clear = random(plaintext);
  const sealed = new Uint8Array(await subtle.encrypt(gcm, key, clear));
  const hashed = random(12 + sealed.length);
  const signed = random(labelLength + header + 32);
  const signature = new Uint8Array(await subtle.sign('Ed25519', pair.privateKey, signed));
  const [hash, verify] = await publicOperations(pair.publicKey, { hashed, signature, signed });
  return [
    () => subtle.encrypt(gcm, key, clear),
    hash,
    () => subtle.sign('Ed25519', pair.privateKey, signed),
    hash,
    verify,
    () => subtle.decrypt(gcm, key, sealed),
  ];
}

/** Returns SHA-256 of so many bytes. */
export function rawHash(length: number): RawOperation {
  const data = random(length);
  return node === undefined ? () => subtle.digest('SHA-256', data) : () => node.hash('sha256', data, 'buffer');
}

interface Inputs {
  readonly hashed: Bytes;
  readonly signature: Bytes;
  readonly signed: Bytes;
}

async function publicOperations(
  key: CryptoKey,
  { hashed, signature, signed }: Inputs,
): Promise<readonly [hash: RawOperation, verify: RawOperation]> {
  if (node === undefined) {
    return [() => subtle.digest('SHA-256', hashed), () => subtle.verify('Ed25519', key, signature, signed)];
  }
  const known = node.createPublicKey({
    key: Buffer.from(await subtle.exportKey('spki', key)),
    format: 'der',
    type: 'spki',
  });
  return [() => node.hash('sha256', hashed, 'buffer'), () => node.verify(null, signed, known, signature)];
}

function random(length: number): Bytes {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}
