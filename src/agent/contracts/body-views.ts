/**
 * The bytes of a request or an answer, as they are shown. `open`: they are still coming; `stopped`: either side ended them; `failed`: they did
 * not come whole, which `error` explains; `unread`: a stream that nobody has read yet.
 */
export interface BodyView {
  readonly kind: 'bytes' | 'stream';
  readonly mediaType: string;
  /** Of a stream: 32 hex digits, which `Agent.reopen` reads it on by. */
  readonly streamId?: string;
  /** Of a stream: the seconds for which its owner says that it keeps it while nobody comes for it. */
  readonly keep?: number;
  readonly state: 'unread' | 'open' | 'whole' | 'stopped' | 'failed';
  /** Bytes in all, once that is known. */
  readonly size?: number;
  /** Bytes that have come so far. */
  readonly received?: number;
  /** The peer's word for it: a text to show, never a path. */
  readonly name?: string;
  /** Base64 of the hash of a stream (protocol page, section 4.3) whose bytes have come whole. */
  readonly hash?: string;
  /** What has come of a text so far, from its beginning on: `text/*` and `application/jsonl`, 64 KiB at most. */
  readonly text?: string;
  readonly error?: { readonly code: string; readonly detail: string };
}

/** True until a stream has come to its end, one way or another. */
export function isUnderWay({ state }: Pick<BodyView, 'state'>): boolean {
  return state === 'unread' || state === 'open';
}
