import { signPss, verifyPss } from '../crypto/signatures.ts';
import type { Subtle } from '../crypto/subtle.ts';
import { ParleyError } from '../errors.ts';
import { ScratchBuffer } from '../scratch-buffer.ts';
import { encodeBase64 } from '../wire/base64.ts';
import { canonicalText, without } from '../wire/canonical.ts';
import type { JsonObject } from '../wire/json.ts';
import { label } from '../wire/label.ts';
import type { Transcript } from './transcript.ts';

type SignatureLabel = 'client hello' | 'server hello' | 'client confirm';

/** Returns `message` with its signature: RSA-PSS over `label || th || JCS(message)` (protocol page, section 3). */
export async function signMessage(
  subtle: Subtle,
  key: CryptoKey,
  text: SignatureLabel,
  th: Transcript,
  message: JsonObject,
): Promise<JsonObject> {
  const signature = await ScratchBuffer.use((scratch) =>
    signPss(subtle, key, scratch.concat(label(text), th.hash, canonicalText(message))),
  );
  return { ...message, signature: encodeBase64(signature) };
}

/** Throws `signature_invalid` unless `signature` covers `label || th || JCS(message without signature)`. */
export async function checkMessageSignature(
  subtle: Subtle,
  key: CryptoKey,
  text: SignatureLabel,
  th: Transcript,
  message: JsonObject,
  signature: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const signed = canonicalText(without(message, 'signature'));
  if (
    !(await ScratchBuffer.use((scratch) =>
      verifyPss(subtle, key, signature, scratch.concat(label(text), th.hash, signed)),
    ))
  ) {
    throw new ParleyError('signature_invalid', 'The signature does not cover this message. Nothing was decrypted.');
  }
}
