import { type Bytes, isTranscriptHash, type TranscriptHash } from '../bytes.ts';
import { sha256 } from '../crypto/hash.ts';
import type { Subtle } from '../crypto/subtle.ts';
import { withGathered } from '../scratch-buffer.ts';
import { canonicalText } from '../wire/canonical.ts';
import type { JsonObject } from '../wire/json.ts';
import { label } from '../wire/label.ts';

async function hashed(subtle: Subtle, data: Bytes): Promise<TranscriptHash> {
  const hash = await sha256(subtle, data);
  if (!isTranscriptHash(hash)) throw new RangeError('SHA-256 gives 32 bytes');
  return hash;
}

/** `th0 = H(label("transcript"))` (protocol page, section 3). */
export function startTranscript(subtle: Subtle): Promise<TranscriptHash> {
  return hashed(subtle, label('transcript'));
}

/** `H(th || H(JCS(message)))`: the transcript with one more message in it (protocol page, section 3). */
export async function extendTranscript(
  subtle: Subtle,
  th: TranscriptHash,
  message: JsonObject,
): Promise<TranscriptHash> {
  const hash = await withGathered((gather) => sha256(subtle, gather(canonicalText(message))));
  return withGathered((gather) => hashed(subtle, gather(th, hash)));
}
