import { type Bytes, toHex } from '../../../protocol/bytes.ts';
import { mac } from '../../../protocol/crypto/signatures.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { ScratchBuffer } from '../../../protocol/scratch-buffer.ts';
import { canonicalText, without } from '../../../protocol/wire/canonical.ts';
import type { JsonObject } from '../../../protocol/wire/json.ts';
import { label } from '../../../protocol/wire/label.ts';

/** Returns what a message entry commits to: JCS of the payload without its nonce. */
export function committedText(payload: JsonObject): string {
  return canonicalText(without(payload, 'nonce'));
}

/**
 * Returns the 32 bytes that open the commitment of one entry: HMAC-SHA-256 of label("audit opening") and its index as
 * 8 bytes, big-endian. They are computed again when a message is disclosed and never stored.
 */
export function openingOf(subtle: Subtle, openingKey: CryptoKey, index: number): Promise<Bytes> {
  const place = new Uint8Array(8);
  new DataView(place.buffer).setBigUint64(0, BigInt(index));
  return ScratchBuffer.use((scratch) => mac(subtle, openingKey, scratch.concat(label('audit opening'), place)));
}

/** Returns HMAC-SHA-256 of `text` under a 32-byte opening, 64 hex digits. */
export async function commit(subtle: Subtle, opening: Bytes, text: string): Promise<string> {
  const key = await subtle.importKey('raw', opening, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']);
  return toHex(await ScratchBuffer.use((scratch) => mac(subtle, key, scratch.concat(text))));
}
