import { concat, type TranscriptHash } from '../../bytes.ts';
import { importEd25519Key, signEd25519, verifyEd25519 } from '../../crypto/ed25519.ts';
import { mac, verifyMac } from '../../crypto/signatures.ts';
import type { Subtle } from '../../crypto/subtle.ts';
import { ParleyError } from '../../errors.ts';
import { ScratchBuffer } from '../../scratch-buffer.ts';
import { encodeBase64 } from '../../wire/base64.ts';
import { canonicalBytes, canonicalText, without } from '../../wire/canonical.ts';
import type { JsonObject } from '../../wire/json.ts';
import { label } from '../../wire/label.ts';
import type { Transcript } from '../transcript.ts';

type ProofLabel = 'resume hello' | 'resume accept';

/**
 * Returns `message` with its signature: Ed25519 by the old session's key over `label || th || JCS(message)` (protocol
 * page, section 5).
 */
export async function signResumption(
  subtle: Subtle,
  key: CryptoKey,
  text: ProofLabel,
  th: Transcript,
  message: JsonObject,
): Promise<JsonObject> {
  const signature = await ScratchBuffer.use((scratch) =>
    signEd25519(subtle, key, scratch.concat(label(text), th.hash, canonicalText(message))),
  );
  return { ...message, signature: encodeBase64(signature) };
}

/** True when `publicKey`, 32 bytes, may sign and `signature` is its own, over `label || th || JCS(message without signature and binder)`. */
export async function isSignedResumption(
  subtle: Subtle,
  publicKey: Uint8Array<ArrayBuffer>,
  text: ProofLabel,
  th: Transcript,
  message: JsonObject,
  signature: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const key = await importEd25519Key(subtle, publicKey).catch(refusedKey);
  if (key === undefined) return false;
  const signed = canonicalText(without(message, 'signature', 'binder'));
  return ScratchBuffer.use((scratch) =>
    verifyEd25519(subtle, key, signature, scratch.concat(label(text), th.hash, signed)),
  );
}

/** A record of an earlier version may hold a key that is refused now. */
function refusedKey(cause: unknown): undefined {
  if (!(cause instanceof ParleyError)) throw cause;
}

/** Returns the HMAC under the resumption key over `label("resume hello") || JCS(hello without binder)`, 32 bytes. */
export function helloBinder(subtle: Subtle, key: CryptoKey, hello: JsonObject) {
  return mac(subtle, key, helloBound(hello));
}

/** Verifies what `helloBinder` makes, in constant time. */
export function isHelloBound(subtle: Subtle, key: CryptoKey, hello: JsonObject, binder: Uint8Array<ArrayBuffer>) {
  return verifyMac(subtle, key, binder, helloBound(hello));
}

function helloBound(hello: JsonObject) {
  return concat(label('resume hello'), canonicalBytes(without(hello, 'binder')));
}

/** Returns the HMAC under the resumption key over `label("resume accept") || tr`, 32 bytes. */
export function acceptBinder(subtle: Subtle, key: CryptoKey, tr: TranscriptHash) {
  return mac(subtle, key, concat(label('resume accept'), tr));
}

/** Verifies what `acceptBinder` makes, in constant time. */
export function isAcceptBound(subtle: Subtle, key: CryptoKey, tr: TranscriptHash, binder: Uint8Array<ArrayBuffer>) {
  return verifyMac(subtle, key, binder, concat(label('resume accept'), tr));
}
