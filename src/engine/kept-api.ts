import type { Retention } from '../agent/contracts/history-store.ts';
import type {
  ArchiveView,
  AuditEntryView,
  AuditHeadView,
  AuditVerdictView,
  HistoryPageView,
  KeptHistoryView,
  SearchInput,
  SearchView,
} from '../agent/contracts/history-views.ts';
import type { Bytes } from '../protocol/bytes.ts';

/** What an agent keeps, as the page uses it. Every call rejects with a `ParleyError`. */
export interface KeptEngine {
  /** A piece of the conversation with a peer: the newest, or what stands before a sequence. */
  history(peerId: string, before?: number, count?: number): Promise<HistoryPageView>;
  /** Returns every peer with a stored conversation. */
  keptHistories(): Promise<readonly KeptHistoryView[]>;
  /** How long the conversation with a peer is kept from now on; what is older goes at once. */
  setRetention(peerId: string, retention: Retention): Promise<KeptHistoryView>;
  /** Returns how many exchanges with a peer this retention would delete at once. */
  wouldDelete(peerId: string, retention: Retention): Promise<number>;
  /** Deletes exchanges with a peer for good, all or those of `sequences`; gives how many. */
  deleteHistory(peerId: string, sequences?: readonly number[]): Promise<number>;
  search(input: SearchInput): Promise<SearchView>;
  /** Returns the newest entries of the audit trail, or those before an index, the newest first. */
  audit(
    before?: number,
    count?: number,
  ): Promise<{ readonly head: AuditHeadView; readonly entries: readonly AuditEntryView[] }>;
  /** Computes every hash of the trail again. */
  verifyAudit(): Promise<AuditVerdictView>;
  /** The trail as a JSON text that anybody can check; the plaintexts of the message entries in `disclose` are in it, no others. */
  exportAudit(disclose: readonly number[]): Promise<string>;
  /** Exports the history, of one peer or all, under a passphrase in the age format. It takes seconds. */
  exportHistory(passphrase: string, peerId?: string): Promise<Bytes>;
  /** Brings an exported history in, to be read only; `invalid_input` when the passphrase or the file is wrong. */
  importHistory(file: Bytes, passphrase: string): Promise<ArchiveView>;
  archives(): Promise<readonly ArchiveView[]>;
  archivePage(archiveId: string, peerId: string, before?: number, count?: number): Promise<HistoryPageView>;
  deleteArchive(archiveId: string): Promise<void>;
}
