import { encodePayload } from '../../../group/payload/encode.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { OutgoingTalk } from '../talk/ports.ts';

/** A payload that waits to be encrypted and appended: its row holds it whole until the log has it. */
export interface QueuedPayload {
  /** Its row within the group, in the order in which they go out. */
  readonly part: string;
  readonly messageId: string;
}

/** Where the rows of waiting payloads begin. */
export const queuePrefix = 'queue/';

/** Stands in a waiting payload's row for what its sender has seen, which is put in when it is encrypted. */
const nothingSeen = { index: 0, head: new Uint8Array(32) };

/** The longest plaintext that an entry has room for (groups page, section 4), beside what MLS puts around it. */
const longestPlaintext = 1_088 * 1_024 - 1_024;

/** Returns the row of a payload; `number` is above that of every one that waits. Throws `message_too_large` for what no entry has room for. */
export function queuedRow(
  number: number,
  { payload, attachment }: Pick<OutgoingTalk, 'payload' | 'attachment'>,
): QueuedPayload & { readonly bytes: Bytes } {
  const { messageId } = payload;
  const part = `${queuePrefix}${String(number).padStart(12, '0')}-${messageId}`;
  const bytes = encodePayload({ ...payload, seen: nothingSeen }, attachment);
  if (bytes.length <= longestPlaintext) return { part, messageId, bytes };
  throw new ParleyError(
    'message_too_large',
    'A message of a group has 1 MiB of text and attachment together at most. Nothing was sent.',
  );
}

/** Reads the part of a payload's row. Throws `storage_failed` for another part. */
export function readQueuePart(part: string): QueuedPayload & { readonly number: number } {
  const [, number, messageId] = /^queue\/(\d{12})-([0-9a-f]{32})$/.exec(part) ?? [];
  if (number === undefined || messageId === undefined) {
    throw new ParleyError('storage_failed', 'A message that waits in a group cannot be read.');
  }
  return { part, messageId, number: Number(number) };
}
