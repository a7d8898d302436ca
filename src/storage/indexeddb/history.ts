import * as v from 'valibot';
import type { AuditStore } from '../../agent/contracts/audit-store.ts';
import type {
  ExchangeSize,
  HistoryKeys,
  HistoryStore,
  IndexedExchange,
  StoredExchange,
  StoredUsage,
} from '../../agent/contracts/history-store.ts';
import { packEntry } from '../audit-entry/packed-entry.ts';
import { BoundedPiece } from '../bounded-piece.ts';
import { guarded } from '../guarded.ts';
import { exchangeV1, keepAll, lastOfEach, retentionV1, toExchangeV1, toRetentionV1 } from '../stored-history.ts';
import { placedTokens } from '../token-index/change.ts';
import { placesDeletedBy } from '../token-index/places.ts';
import { addEntries, auditStores, deleteEntries, readEntries, readLastEntry } from './audit-rows.ts';
import { groupStores, putGroups } from './groups.ts';
import { putRequests, requestStores } from './requests.ts';
import { secretKey } from './secret-key.ts';
import { indexStores, TokenIndex } from './token-index.ts';
import { type OpenDatabase, type Writing, writeAtOnce } from './transaction.ts';

const historyKeys = v.object({ record: secretKey('AES-GCM'), index: secretKey('HMAC'), opening: secretKey('HMAC') });
/** Version 1 of how much is stored of a peer. */
const peerV1 = v.object({
  peerId: v.string(),
  exchanges: v.number(),
  bytes: v.number(),
  lastSequence: v.number(),
  retention: retentionV1,
});
type PeerV1 = v.InferOutput<typeof peerV1>;

const historyStores: (
  | 'exchanges'
  | 'peers'
  | (typeof auditStores)[number]
  | (typeof indexStores)[number]
  | (typeof requestStores)[number]
  | (typeof groupStores)[number]
)[] = ['exchanges', 'peers', ...auditStores, ...indexStores, ...requestStores, ...groupStores];
type HistoryWriting = Writing<(typeof historyStores)[number]>;

/** Opens the part of an agent's store that holds its history and its audit trail. */
export function openHistory(open: OpenDatabase): HistoryStore & AuditStore {
  const index = new TokenIndex(open);
  return {
    loadHistoryKeys: () =>
      guarded(async (): Promise<HistoryKeys | undefined> => {
        const found = await (await open()).get('historyKeys', 'self');
        return found === undefined ? undefined : v.parse(historyKeys, found);
      }),
    saveHistoryKeys: ({ record, index, opening }) =>
      guarded(() =>
        writeAtOnce(open, ['historyKeys'], 'strict', async (transaction) => {
          await transaction.objectStore('historyKeys').put({ record, index, opening }, 'self');
        }),
      ),
    commit: ({ exchanges, audit, requests = [], groups = [] }) =>
      guarded(async () => {
        // A request has to outlast a power cut before anything is done about it. What became of it may be lost in one: it
        // is open again then, and repeated or shown as interrupted, but never run twice.
        // A ratchet has to outlast one before the message leaves: no key is used for two.
        const mustOutlast = groups.length > 0 || exchanges.some(({ record }) => record.isOpen);
        const durability = mustOutlast ? 'strict' : 'relaxed';
        const last = lastOfEach(exchanges);
        const put = last.map(placedTokens);
        const entries = await Promise.all(audit.map(packEntry));
        const committed = await writeAtOnce(open, historyStores, durability, async (transaction) => {
          const [changed] = await Promise.all([
            put.length === 0 ? () => undefined : index.change((name) => transaction.objectStore(name), { put }),
            putExchanges(transaction, last),
            addEntries((name) => transaction.objectStore(name), entries),
            ...requests.map((change) =>
              putRequests(
                { requests: transaction.objectStore('requests'), floors: transaction.objectStore('requestFloors') },
                change,
              ),
            ),
            ...groups.map((change) =>
              putGroups(
                { rows: transaction.objectStore('groupRows'), keys: transaction.objectStore('groupKeys') },
                change,
              ),
            ),
          ]);
          return changed;
        });
        committed();
      }),
    exchangesBefore: (peerId, before = Number.POSITIVE_INFINITY, count, bytes) =>
      guarded(async () => {
        const { store } = (await open()).transaction('exchanges');
        const range = IDBKeyRange.bound([peerId, 0], [peerId, before], false, true);
        const piece = new BoundedPiece<StoredExchange>(count, bytes);
        for await (const { value } of store.iterate(range, 'prev')) {
          if (!piece.add(v.parse(exchangeV1, value))) break;
        }
        return piece.records;
      }),
    exchangesAfter: (peerId, after, count, bytes) =>
      guarded(async () => {
        const { store } = (await open()).transaction('exchanges');
        const piece = new BoundedPiece<StoredExchange>(count, bytes);
        for await (const { value } of store.iterate(allAfter(peerId, after))) {
          if (!piece.add(v.parse(exchangeV1, value))) break;
        }
        return piece.records;
      }),
    sizesAfter: (peerId, after, count) =>
      guarded(async () => {
        const { store } = (await open()).transaction('exchanges');
        const found: ExchangeSize[] = [];
        // One at a time is in memory.
        for await (const { value } of store.iterate(allAfter(peerId, after))) {
          if (found.length === count) break;
          const { sequence, at, ciphertext } = v.parse(exchangeV1, value);
          found.push({ sequence, at, bytes: ciphertext.length });
        }
        return found;
      }),
    exchangeAt: (peerId, sequence) =>
      guarded(async () => {
        const found = await (await open()).get('exchanges', [peerId, sequence]);
        return found === undefined ? undefined : v.parse(exchangeV1, found);
      }),
    exchangeByTag: (tag) =>
      guarded(async () => {
        const newest = await (await open()).transaction('exchanges').store.index('tag').openCursor(tag, 'prev');
        return newest === null ? undefined : v.parse(exchangeV1, newest.value);
      }),
    openExchanges: () =>
      guarded(async () => {
        const places = await (await open()).getAllKeysFromIndex('exchanges', 'openAt');
        return places.map(([peerId, sequence]) => ({ peerId, sequence }));
      }),
    exchangesWith: (tokens, options) => guarded(() => index.search(tokens, options)),
    usages: () =>
      guarded(async () => {
        const transaction = (await open()).transaction(['peers', 'exchanges']);
        const peers = v.parse(v.array(peerV1), await transaction.objectStore('peers').getAll());
        const usages: StoredUsage[] = [];
        for (const peer of peers) {
          const first = await transaction.objectStore('exchanges').get(allAfter(peer.peerId, 0));
          usages.push({ ...peer, ...(first === undefined ? {} : { oldestAt: v.parse(exchangeV1, first).at }) });
        }
        return usages;
      }),
    saveRetention: (peerId, retention) =>
      guarded(() =>
        writeAtOnce(open, ['peers'], 'strict', async (transaction) => {
          const peers = transaction.objectStore('peers');
          await peers.put({ ...peerOf(peerId, await peers.get(peerId)), retention: toRetentionV1(retention) });
        }),
      ),
    deleteExchanges: (peerId, which, audit) =>
      guarded(async () => {
        const entries = await Promise.all(audit.map(packEntry));
        const { deleted, committed } = await writeAtOnce(open, historyStores, 'strict', async (transaction) => {
          await addEntries((name) => transaction.objectStore(name), entries);
          const deleted =
            'sequences' in which
              ? await deleteThese(transaction, peerId, which.sequences)
              : await deleteUpTo(transaction, peerId, which.upTo);
          const peers = transaction.objectStore('peers');
          const peer = peerOf(peerId, await peers.get(peerId));
          const left = { exchanges: peer.exchanges - deleted.exchanges, bytes: peer.bytes - deleted.bytes };
          await peers.put({ ...peer, ...left });
          const change = { put: [], isDeleted: placesDeletedBy(peerId, which) };
          return { deleted, committed: await index.change((name) => transaction.objectStore(name), change) };
        });
        committed();
        return deleted.exchanges;
      }),
    lastAuditEntry: () => guarded(() => readLastEntry(open)),
    auditEntries: (from, count) => guarded(() => readEntries(open, from, count)),
    deleteAuditEntries: ({ before, keep, checkpoint }) =>
      guarded(async () => {
        const { index, text, hash } = checkpoint;
        await writeAtOnce(open, auditStores, 'strict', async (transaction) => {
          await deleteEntries((name) => transaction.objectStore(name), before, keep);
          await transaction.objectStore('audit').put({ index, text, hash });
        });
      }),
  };
}

function allAfter(peerId: string, after: number): IDBKeyRange {
  return IDBKeyRange.bound([peerId, after], [peerId, Number.POSITIVE_INFINITY], true);
}

function peerOf(peerId: string, found: unknown): PeerV1 {
  if (found !== undefined) return v.parse(peerV1, found);
  return { peerId, exchanges: 0, bytes: 0, lastSequence: 0, retention: keepAll };
}

async function putExchanges(transaction: HistoryWriting, exchanges: readonly IndexedExchange[]): Promise<void> {
  const store = transaction.objectStore('exchanges');
  const peerIds = [...new Set(exchanges.map(({ record }) => record.peerId))];
  for (const peerId of peerIds) {
    const peer = peerOf(peerId, await transaction.objectStore('peers').get(peerId));
    const records = exchanges.flatMap(({ record }) => (record.peerId === peerId ? [record] : []));
    // Only a sequence that was given before can have a record already.
    const replaced = records.filter(({ sequence }) => sequence <= peer.lastSequence);
    const before = (await Promise.all(replaced.map(({ sequence }) => store.get([peerId, sequence])))).flatMap(
      (found) => (found === undefined ? [] : [v.parse(exchangeV1, found)]),
    );
    await transaction.objectStore('peers').put({
      ...peer,
      exchanges: peer.exchanges + records.length - before.length,
      bytes: peer.bytes + sizeOf(records) - sizeOf(before),
      lastSequence: records.reduce((last, { sequence }) => Math.max(last, sequence), peer.lastSequence),
    });
  }
  await Promise.all(exchanges.map(({ record }) => store.put(toExchangeV1(record))));
}

interface Deleted {
  readonly exchanges: number;
  readonly bytes: number;
}

async function deleteThese(
  transaction: HistoryWriting,
  peerId: string,
  sequences: readonly number[],
): Promise<Deleted> {
  const store = transaction.objectStore('exchanges');
  const deleted = await Promise.all(
    [...new Set(sequences)].map(async (sequence): Promise<readonly StoredExchange[]> => {
      const found = await store.get([peerId, sequence]);
      if (found === undefined) return [];
      await store.delete([peerId, sequence]);
      return [v.parse(exchangeV1, found)];
    }),
  );
  return { exchanges: deleted.flat().length, bytes: sizeOf(deleted.flat()) };
}

async function deleteUpTo(transaction: HistoryWriting, peerId: string, upTo: number): Promise<Deleted> {
  const store = transaction.objectStore('exchanges');
  const range = IDBKeyRange.bound([peerId, 0], [peerId, upTo]);
  let exchanges = 0;
  let bytes = 0;
  // One at a time is in memory.
  for await (const { value } of store.iterate(range)) {
    exchanges += 1;
    bytes += v.parse(exchangeV1, value).ciphertext.length;
  }
  await store.delete(range);
  return { exchanges, bytes };
}

function sizeOf(records: readonly StoredExchange[]): number {
  return records.reduce((sum, { ciphertext }) => sum + ciphertext.length, 0);
}
