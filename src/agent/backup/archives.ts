import { type Bytes, concat, toHex } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { canonicalBytes } from '../../protocol/wire/canonical.ts';
import { label } from '../../protocol/wire/label.ts';
import type { ArchivePlace, ArchiveStore, StoredArchiveRecord } from '../contracts/archive-store.ts';
import { bytesAtOnce } from '../contracts/history-store.ts';
import type { ArchiveView, HistoryPageView } from '../contracts/history-views.ts';
import { type HistoryExchange, toArchivedRecord } from '../history/exchange-record.ts';
import { unreadableExchange } from '../history/record.ts';
import { openAt, type RecordContext, sealAt } from '../history/sealed-exchange.ts';
import { historyFileLimits, readHistoryFile } from './history-file.ts';
import { notHistory } from './json-line.ts';
import { decryptUnderPassphrase } from './passphrase-file.ts';

/** What archives are kept with: the agent's own record key, and where. */
export interface ArchivesDeps extends RecordContext {
  readonly environment: Pick<Environment, 'subtle' | 'random' | 'now'>;
  readonly store: ArchiveStore;
}

/** Bytes that encryption adds to the largest file at most: 16 for each 64 KiB, and the header. */
const encryptionOverhead = 1_024 * 1_024;

/**
 * Histories that were exported elsewhere and brought in here. They are only ever read: nothing in them is sent or answered, none
 * of their requests counts as received, and they are no part of this agent's own history.
 */
export class Archives {
  readonly #deps: ArchivesDeps;
  #isClosed = false;

  constructor(deps: ArchivesDeps) {
    this.#deps = deps;
  }

  /**
   * Brings an exported history in, all of it or nothing, encrypted at rest like this agent's own. The same file a second time
   * is the same archive, as it is. Rejects with `invalid_input` when the passphrase or the file is wrong, and with
   * `storage_full`.
   */
  async import(file: Bytes, passphrase: string): Promise<ArchiveView> {
    if (file.length > historyFileLimits.bytes + encryptionOverhead) throw notHistory('it is too large');
    const { environment, store } = this.#deps;
    const digest = await sha256(environment.subtle, file);
    const archiveId = toHex(digest.subarray(0, 16));
    const { header, exchanges } = readHistoryFile(await decryptUnderPassphrase(file, passphrase));
    const records: StoredArchiveRecord[] = [];
    for (const exchange of exchanges) records.push(await this.#seal(archiveId, exchange));
    if (this.#isClosed) throw new ParleyError('storage_failed', 'This agent has stopped. Nothing was imported.');
    const archive = { archiveId, ...header, importedAt: environment.now() };
    if (await store.addArchive(archive, records)) return archive;
    const archives = await this.list();
    return archives.find((there) => there.archiveId === archiveId) ?? archive;
  }

  /** Returns every archive, the first imported first. */
  list(): Promise<readonly ArchiveView[]> {
    return this.#deps.store.loadArchives();
  }

  /**
   * Returns a page of the conversation with a peer: the newest, or those before a sequence. Large exchanges make it
   * shorter than `count`; empty when there is none.
   */
  async page(archiveId: string, peerId: string, before?: number, count = 50): Promise<HistoryPageView> {
    const wanted = Math.max(1, Math.min(count, 500));
    const { store } = this.#deps;
    const records = await store.archiveRecordsBefore(archiveId, peerId, before, wanted, bytesAtOnce);
    const exchanges = await Promise.all([...records].reverse().map((record) => this.#open(record)));
    const olderThan = records.at(-1)?.sequence;
    if (olderThan === undefined) return { exchanges };
    const older = await store.archiveRecordsBefore(archiveId, peerId, olderThan, 1);
    return older.length === 0 ? { exchanges } : { exchanges, olderThan };
  }

  /** Deletes an archive and everything in it for good; nothing happens when it is not there. */
  async delete(archiveId: string): Promise<void> {
    await this.#deps.store.deleteArchive(archiveId);
  }

  /** Imports nothing more: what is erased after this stays erased. */
  close(): void {
    this.#isClosed = true;
  }

  async #seal(archiveId: string, exchange: HistoryExchange): Promise<StoredArchiveRecord> {
    const place = { archiveId, peerId: exchange.peerId, sequence: exchange.sequence };
    return { ...place, ...(await sealAt(this.#deps, this.#aadOf(place), toArchivedRecord(exchange))) };
  }

  async #open(record: StoredArchiveRecord): Promise<HistoryExchange> {
    const exchange = await openAt(this.#deps, this.#aadOf(record), record);
    return exchange ?? unreadableExchange({ ...record, sessionId: '', direction: 'incoming', at: 0 });
  }

  #aadOf({ archiveId, peerId, sequence }: ArchivePlace): Bytes {
    const place = { agent_id: this.#deps.agentId, archive_id: archiveId, peer_id: peerId, sequence };
    return concat(label('archive record'), canonicalBytes(place));
  }
}
