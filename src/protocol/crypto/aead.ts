import type { Bytes } from '../bytes.ts';
import { ScratchBuffer } from '../scratch-buffer.ts';
import type { Subtle } from './subtle.ts';

const tagLength = 16;

/** AES-256-GCM output with the 16-byte tag apart, as it travels. */
export interface Sealed {
  readonly iv: Bytes;
  readonly ciphertext: Bytes;
  readonly tag: Bytes;
}

/** Encrypts with AES-256-GCM (NIST SP 800-38D): 12-byte IV, 16-byte tag. */
export async function seal(subtle: Subtle, key: CryptoKey, iv: Bytes, aad: Bytes, plaintext: Bytes): Promise<Sealed> {
  const sealed = new Uint8Array(
    await subtle.encrypt({ name: 'AES-GCM', iv, additionalData: aad, tagLength: 128 }, key, plaintext),
  );
  const split = sealed.length - tagLength;
  return { iv, ciphertext: sealed.subarray(0, split), tag: sealed.subarray(split) };
}

/** Returns the plaintext, or `undefined` when the tag does not verify. */
export async function open(subtle: Subtle, key: CryptoKey, sealed: Sealed, aad: Bytes): Promise<Bytes | undefined> {
  try {
    return new Uint8Array(
      await ScratchBuffer.use((scratch) =>
        subtle.decrypt(
          { name: 'AES-GCM', iv: scratch.concat(sealed.iv), additionalData: aad, tagLength: 128 },
          key,
          scratch.concat(sealed.ciphertext, sealed.tag),
        ),
      ),
    );
  } catch {
    return undefined;
  }
}
