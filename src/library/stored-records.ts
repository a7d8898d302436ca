import type { Agent } from '../agent/agent.ts';
import type { Retention } from '../agent/contracts/history-store.ts';
import type {
  ArchiveView,
  AuditPageView,
  AuditVerdictView,
  HistoryPageView,
  HistoryUsageView,
  SearchInput,
  SearchView,
} from '../agent/contracts/history-views.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { requireRetention, requireSearch } from './checked-options.ts';

/** What an agent has stored: conversations, imported ones, and the audit trail. */
export abstract class StoredRecords {
  /** Asks the agent. Rejects as `HeldAgent.ask` does. */
  protected abstract ask<T>(work: (agent: Agent) => T | Promise<T>): Promise<T>;

  /**
   * Returns a page of the stored conversation with a peer, the oldest exchange first: the newest 50, or those before
   * `olderThan` of another page.
   */
  history(peerId: string, before?: number, count?: number): Promise<HistoryPageView> {
    return this.ask((agent) => agent.historyService.history.page(peerId, before, count));
  }

  /** Returns every peer with a stored conversation: its size, and its retention. */
  keptHistories(): Promise<readonly HistoryUsageView[]> {
    return this.ask((agent) => agent.historyService.retention.usages());
  }

  /**
   * Sets how long the conversation with a peer is stored from now on; what is past the limit is deleted at once.
   * Rejects with `invalid_input` for an invalid limit.
   */
  async setRetention(peerId: string, retention: Retention): Promise<HistoryUsageView> {
    requireRetention(retention);
    return this.ask((agent) => agent.historyService.retention.set(peerId, retention));
  }

  /** Returns how many exchanges with a peer `setRetention` would delete at once. */
  async wouldDelete(peerId: string, retention: Retention): Promise<number> {
    requireRetention(retention);
    return this.ask((agent) => agent.historyService.retention.wouldDelete(peerId, retention));
  }

  /** Finds stored exchanges by words, the newest first; see `SearchInput`. */
  async search(input: SearchInput): Promise<SearchView> {
    requireSearch(input);
    return this.ask((agent) => agent.historyService.search(input));
  }

  /** Deletes exchanges with a peer for good, all or those of `sequences`; gives how many were there. */
  deleteHistory(peerId: string, sequences?: readonly number[]): Promise<number> {
    return this.ask((agent) => agent.historyService.deleteHistory(peerId, sequences));
  }

  /**
   * Exports the stored conversations, with a peer or with all, as one file in the age format under a passphrase of at
   * least 12 characters. No key is in it. Its thread is busy for a second or two.
   */
  exportHistory(passphrase: string, peerId?: string): Promise<Bytes> {
    return this.ask((agent) => agent.historyService.exportHistory(passphrase, peerId));
  }

  /** Brings an exported history in, to be read only; `invalid_input` when the passphrase or the file is wrong. */
  importHistory(file: Bytes, passphrase: string): Promise<ArchiveView> {
    return this.ask((agent) => agent.historyService.archives.import(file, passphrase));
  }

  /** Returns the histories that were imported, the oldest import first. */
  archives(): Promise<readonly ArchiveView[]> {
    return this.ask((agent) => agent.historyService.archives.list());
  }

  /**
   * Returns a page of an imported conversation, the oldest exchange first: the newest 50, or those before `olderThan`
   * of another page.
   */
  archivePage(archiveId: string, peerId: string, before?: number, count?: number): Promise<HistoryPageView> {
    return this.ask((agent) => agent.historyService.archives.page(archiveId, peerId, before, count));
  }

  /** Deletes an imported history for good. */
  async deleteArchive(archiveId: string): Promise<void> {
    await this.ask((agent) => agent.historyService.archives.delete(archiveId));
  }

  /** Returns the newest entries of the audit trail (50), or those before an index, the newest first, and the trail's head. */
  audit(before?: number, count?: number): Promise<AuditPageView> {
    return this.ask((agent) => agent.audit.page(before, count));
  }

  /** Checks every hash and signature of the agent's audit trail. */
  verifyAudit(): Promise<AuditVerdictView> {
    return this.ask((agent) => agent.audit.verify());
  }

  /**
   * Exports the audit trail as a JSON text that anybody can check; it holds the plaintexts of the message entries in
   * `disclose`, and no others.
   */
  exportAudit(disclose: readonly number[] = []): Promise<string> {
    return this.ask((agent) => agent.audit.export(disclose));
  }
}
