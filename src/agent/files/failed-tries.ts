import type { ErrorCode, ParleyError } from '../../protocol/errors.ts';

/** What a failed try means for a file: `again` after a pause, `soon` a few times, or one of the ends. */
export type Verdict = 'again' | 'soon' | 'stored' | 'paused' | 'missing' | 'failed';

/** Codes after which no other try can do better. */
const final: ReadonlySet<ErrorCode> = new Set([
  'stream_corrupt',
  'invalid_answer',
  'malformed_message',
  'unknown_method',
  'unknown_file',
  'not_permitted',
  'invalid_input',
  'own_agent',
]);
/** Codes of a stream that has ended early: it is opened again where the file stands. */
const ended: ReadonlySet<ErrorCode> = new Set([
  'stream_gone',
  'stream_failed',
  'cancelled',
  'handler_failed',
  'internal_error',
]);
/** Codes of this side's storage: a person has to make room, or look at the disk. */
const ofStorage: ReadonlySet<ErrorCode> = new Set([
  'storage_full',
  'storage_failed',
  'storage_blocked',
  'storage_cleared',
]);

/** Words of the sender for a file that it cannot serve now, or no more. */
export const senderWords = { paused: 'file_paused', missing: 'file_missing' } as const;

/** Returns what an error of a try means. */
export function verdictOf({ code, peerCode }: ParleyError): Verdict {
  if (peerCode === senderWords.paused) return 'paused';
  if (peerCode === senderWords.missing) return 'missing';
  if (ofStorage.has(code)) return 'stored';
  if (final.has(code)) return 'failed';
  return ended.has(code) ? 'soon' : 'again';
}

/** True when the peer has heard a word, and does not want it: it is not said again. */
export function isRefused({ code }: ParleyError): boolean {
  return final.has(code) || ended.has(code);
}
