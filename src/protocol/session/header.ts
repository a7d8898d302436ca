import type { Bytes } from '../bytes.ts';
import type { Sealed } from '../crypto/aead.ts';
import { type Ed25519VerifyKey, verifyEd25519 } from '../crypto/ed25519.ts';
import { sha256 } from '../crypto/hash.ts';
import type { Subtle } from '../crypto/subtle.ts';
import { ParleyError } from '../errors.ts';
import { ScratchBuffer } from '../scratch-buffer.ts';
import type { Envelope } from '../wire/envelope.ts';
import { type Header, headerJcs } from '../wire/envelope-header.ts';
import { label } from '../wire/label.ts';

/**
 * Returns H(iv || ciphertext || tag). Throws `signature_invalid` unless the envelope's Ed25519 signature covers it
 * (protocol page, section 4).
 */
export async function checkEnvelopeSignature(
  subtle: Subtle,
  peerSigningKey: Ed25519VerifyKey,
  value: Envelope,
): Promise<Bytes> {
  const hash = await hashSealed(subtle, value.encrypted_payload);
  if (!(await isSignedHeader(subtle, peerSigningKey, value, hash, value.signature))) {
    throw new ParleyError('signature_invalid', 'The signature does not cover this message. Nothing was decrypted.');
  }
  return hash;
}

/**
 * True when a sender's Ed25519 `signature` covers a header and the `digest` of what was encrypted (protocol page,
 * section 4).
 */
export function isSignedHeader(
  subtle: Subtle,
  signingKey: Ed25519VerifyKey,
  header: Header,
  digest: Bytes,
  signature: Bytes,
): Promise<boolean> {
  return ScratchBuffer.use((scratch) =>
    verifyEd25519(
      subtle,
      signingKey,
      scratch.concat(signature),
      scratch.concat(label('message signature'), headerJcs(header), digest),
    ),
  );
}

/** Returns `H(iv || ciphertext || tag)`. */
export function hashSealed(subtle: Subtle, { iv, ciphertext, tag }: Sealed): Promise<Bytes> {
  return ScratchBuffer.use((scratch) => sha256(subtle, scratch.concat(iv, ciphertext, tag)));
}

/** Returns `iv` itself, which was the direction's IV, XOR the sequence as a 12-byte big-endian integer. */
export function ivFor(iv: Bytes, sequence: number): Bytes {
  let rest = sequence;
  for (let at = iv.length - 1; rest > 0; at--) {
    iv[at] = (iv[at] ?? 0) ^ (rest % 256);
    rest = Math.floor(rest / 256);
  }
  return iv;
}
