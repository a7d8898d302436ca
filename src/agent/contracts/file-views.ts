import type { FailureView } from './value-views.ts';

/**
 * Where a file stands. `offered`: it waits for the receiver's decision; `moving`; `paused`: somebody at either side stopped it for now;
 * `waiting`: the other side cannot be reached, it goes on by itself; `whole`: it has come, and both hashes are equal; `missing`: the file
 * itself is gone at its sender.
 */
export type FileStatus =
  | 'offered'
  | 'moving'
  | 'paused'
  | 'waiting'
  | 'whole'
  | 'declined'
  | 'cancelled'
  | 'missing'
  | 'failed';

/** A file that goes from one agent to another, as either of them shows it. Sizes in bytes, times in milliseconds. */
export interface FileView {
  /** 32 hex digits, made by its sender. */
  readonly id: string;
  readonly peerId: string;
  readonly direction: 'incoming' | 'outgoing';
  /** Safe to show and to save under: no path, no control or bidi character, no reserved name. */
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  readonly at: number;
  readonly status: FileStatus;
  /** With `paused`: who has stopped it. Whoever did can resume it. */
  readonly pausedBy?: 'here' | 'there' | 'both';
  /** Bytes that the receiver has. */
  readonly moved: number;
  /** Bytes a second, over the last seconds; absent while it does not move. */
  readonly rate?: number;
  /** Base64 of the hash of its bytes (protocol page, section 4.3), once this side knows it. */
  readonly hash?: string;
  readonly error?: FailureView;
}

/** What happens to a file that a peer offers: a person is asked, it is accepted up to so many bytes, or declined. */
export type FilePolicy =
  | { readonly kind: 'ask' }
  | { readonly kind: 'accept'; readonly upTo: number }
  | { readonly kind: 'never' };

/** A page of files, the newest first. */
export interface FilePage {
  readonly files: readonly FileView[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

/** What happens to the files of an agent: one is new or has moved on; some are no longer in the list. */
export type FileEvent =
  | { readonly type: 'file'; readonly file: FileView }
  | { readonly type: 'files_gone'; readonly ids: readonly string[] };
