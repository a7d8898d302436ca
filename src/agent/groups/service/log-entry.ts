import type * as v from 'valibot';
import type { LogEntry } from '../../../group/log/entry.ts';
import type { entriesAnswer } from '../../../group/wire/delivery-answers.ts';

/** Returns an entry of an answer as the log has it. */
export function toLogEntry({
  message,
  message_hash: messageHash,
  members,
  admins,
  ...entry
}: v.InferOutput<typeof entriesAnswer>['entries'][number]): LogEntry {
  const content = message === undefined ? { messageHash: messageHash ?? new Uint8Array(0) } : { message };
  return {
    ...entry,
    content,
    ...(members === undefined || admins === undefined ? {} : { lists: { members, admins } }),
  };
}
