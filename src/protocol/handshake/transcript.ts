import { isTranscriptHash, type TranscriptHash } from '../bytes.ts';
import { sha256 } from '../crypto/hash.ts';
import type { Subtle } from '../crypto/subtle.ts';
import { ParleyError } from '../errors.ts';
import { ScratchBuffer } from '../scratch-buffer.ts';
import { canonicalText } from '../wire/canonical.ts';
import type { JsonObject } from '../wire/json.ts';
import { label } from '../wire/label.ts';

/** The messages of a handshake or a resumption so far, as one hash (protocol page, sections 3 and 5). It never changes. */
export class Transcript {
  /** H over the messages so far, 32 bytes: th0, th1, … of the protocol page. It is public. */
  readonly hash: TranscriptHash;
  readonly #subtle: Subtle;

  private constructor(subtle: Subtle, hash: Uint8Array<ArrayBuffer>) {
    if (!isTranscriptHash(hash)) throw new ParleyError('internal_error', 'SHA-256 gives 32 bytes.');
    this.hash = hash;
    this.#subtle = subtle;
  }

  /** Returns the transcript before the first message: `th0 = H(label("transcript"))` (protocol page, section 3). */
  static async start(subtle: Subtle): Promise<Transcript> {
    return new Transcript(subtle, await sha256(subtle, label('transcript')));
  }

  /** Returns the transcript with one more message in it: `H(th || H(JCS(message)))` (protocol page, section 3). */
  async with(message: JsonObject): Promise<Transcript> {
    const subtle = this.#subtle;
    const hash = await ScratchBuffer.use((scratch) => sha256(subtle, scratch.concat(canonicalText(message))));
    return new Transcript(
      subtle,
      await ScratchBuffer.use((scratch) => sha256(subtle, scratch.concat(this.hash, hash))),
    );
  }
}
