import type { Retention } from './history-store.ts';
import type { ExchangeView } from './views.ts';

/** How much of the conversation with a peer is kept on this device, encrypted. Times are milliseconds since 1970. */
export interface HistoryUsageView {
  readonly peerId: string;
  readonly exchanges: number;
  readonly bytes: number;
  readonly oldestAt?: number;
  readonly retention: Retention;
}

/** A piece of a conversation, the oldest first. */
export interface HistoryPageView {
  readonly exchanges: readonly ExchangeView[];
  /** What to ask before for the piece before this one; absent when this is the beginning. */
  readonly olderThan?: number;
}

/** What is searched for: words, each of which must occur; the last may be the beginning of one. */
export interface SearchInput {
  readonly text: string;
  readonly peerId?: string;
  readonly offset?: number;
  readonly count?: number;
}

/** What a search found, the newest first. */
export interface SearchView {
  /** May be too high when the last word is the beginning of one, has more than 8 letters, and more than 1,000 messages begin alike. */
  readonly total: number;
  readonly exchanges: readonly ExchangeView[];
  /** The words as they were looked for: what to highlight. `isPrefix`: any word that begins so. */
  readonly words: readonly { readonly text: string; readonly isPrefix: boolean }[];
  readonly durationMs: number;
}

/** The end of the audit trail: whoever knows it can tell whether anything before it was changed. */
export interface AuditHeadView {
  readonly length: number;
  /** 64 hex digits. */
  readonly hash: string;
  /** Entries at the beginning that were deleted because the trail was too long, and when the last were. A signed checkpoint stands for them. */
  readonly deleted?: number;
  readonly deletedAt?: number;
}

/** An entry of the audit trail, as a person reads it. `at` is in milliseconds since 1970. */
export interface AuditEntryView {
  readonly index: number;
  readonly at: number;
  readonly kind: string;
  readonly peerId?: string;
  readonly sessionId?: string;
  /** One sentence. */
  readonly words: string;
  /** 64 hex digits. */
  readonly hash: string;
  /** The entry itself: pretty JSON. */
  readonly text: string;
  /** The message can be disclosed in an export: what was said is still kept. */
  readonly canDisclose?: boolean;
}

/** A piece of the audit trail, the newest entry first, and the trail's end. */
export interface AuditPageView {
  readonly head: AuditHeadView;
  readonly entries: readonly AuditEntryView[];
}

/** What a check of the whole trail says; `brokenAt` is the first entry that does not hold. */
export interface AuditVerdictView {
  readonly entries: number;
  readonly brokenAt?: number;
  readonly words: string;
}

/** A conversation brought in from a backup; it is read-only. Times are milliseconds since 1970. */
export interface ArchiveView {
  readonly archiveId: string;
  /** The agent whose history it is. */
  readonly agentId: string;
  readonly exportedAt: number;
  readonly importedAt: number;
  readonly peers: readonly { readonly peerId: string; readonly exchanges: number }[];
}
