import type { Bytes } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';

/** A payload that waits to be encrypted and appended: its row holds it whole until the log has it. */
export interface QueuedPayload {
  /** Its row within the group, `queue/…`, in the order in which they go out. */
  readonly part: string;
  readonly messageId: string;
}

/** Where the rows of waiting payloads begin. */
export const queuePrefix = 'queue/';

/** Returns the part of a payload's row. */
export function queuePart(number: number, messageId: string): string {
  return `${queuePrefix}${String(number).padStart(12, '0')}-${messageId}`;
}

/** Reads the part of a payload's row; gives its number, too. Throws `storage_failed` for another part. */
export function readQueuePart(part: string): QueuedPayload & { readonly number: number } {
  const found = /^queue\/(\d{12})-([0-9a-f]{32})$/.exec(part);
  const [, number, messageId] = found ?? [];
  if (number === undefined || messageId === undefined) {
    throw new ParleyError('storage_failed', 'A message that waits in a group cannot be read.');
  }
  return { part, messageId, number: Number(number) };
}

/** Bytes beside a payload, when there are some. */
export type Attached = Bytes | undefined;
