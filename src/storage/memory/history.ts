import type { AuditStore, StoredAuditEntry } from '../../agent/contracts/audit-store.ts';
import type { GroupStore } from '../../agent/contracts/group-store.ts';
import type { HistoryKeys, HistoryStore, IndexedExchange, Retention } from '../../agent/contracts/history-store.ts';
import type { RequestStore } from '../../agent/contracts/request-store.ts';
import { toHex } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { bounded } from '../bounded-piece.ts';
import { keepAll } from '../stored-history.ts';
import { createMemoryGroups } from './groups.ts';
import { createMemoryRequests } from './requests.ts';

/** History and audit trail for as long as the process lives. */
export interface MemoryHistory extends HistoryStore, AuditStore, RequestStore, GroupStore {
  clear(): void;
}

interface Peer {
  readonly exchanges: Map<number, IndexedExchange>;
  lastSequence: number;
  retention: Retention;
}

/**
 * Creates an empty history. Its calls throw `storage_failed` when the audit trail has other entries in the place of
 * new ones.
 */
export function createMemoryHistory(): MemoryHistory {
  const peers = new Map<string, Peer>();
  /** In the order of their indexes. */
  let entries: readonly StoredAuditEntry[] = [];
  let keys: HistoryKeys | undefined;
  const ran = createMemoryRequests();
  const { put: putGroups, clear: clearGroups, ...groupStore } = createMemoryGroups();

  const peerOf = (peerId: string): Peer => {
    const peer = peers.get(peerId) ?? { exchanges: new Map(), lastSequence: 0, retention: keepAll };
    peers.set(peerId, peer);
    return peer;
  };
  const all = () => [...peers.values()].flatMap(({ exchanges }) => [...exchanges.values()]);

  const recordsOf = (peerId: string) =>
    [...(peers.get(peerId)?.exchanges.values() ?? [])]
      .map(({ record }) => record)
      .sort((a, b) => a.sequence - b.sequence);
  const recordsAfter = (peerId: string, after: number) => recordsOf(peerId).filter(({ sequence }) => sequence > after);

  /** Each place in the trail is given once. */
  const addEntries = (added: readonly StoredAuditEntry[]) => {
    const next = (entries.at(-1)?.index ?? -1) + 1;
    if (added.some(({ index }, i) => index !== next + i)) {
      throw new ParleyError('storage_failed', 'The audit trail has other entries there. Nothing was written.');
    }
    entries = [...entries, ...added];
  };

  return {
    ...groupStore,
    loadRequests: () => ran.loadRequests(),
    loadHistoryKeys: async () => keys,
    saveHistoryKeys: async (saved) => {
      keys = saved;
    },
    commit: async ({ exchanges, audit, requests = [], groups = [] }) => {
      addEntries(audit);
      for (const change of requests) ran.put(change);
      for (const change of groups) putGroups(change);
      for (const exchange of exchanges) {
        const { peerId, sequence } = exchange.record;
        const peer = peerOf(peerId);
        peer.exchanges.set(sequence, exchange);
        peer.lastSequence = Math.max(peer.lastSequence, sequence);
      }
    },
    exchangesBefore: async (peerId, before = Number.POSITIVE_INFINITY, count, bytes) => {
      const found = recordsOf(peerId).filter(({ sequence }) => sequence < before);
      return bounded(found.reverse(), count, bytes);
    },
    exchangesAfter: async (peerId, after, count, bytes) => bounded(recordsAfter(peerId, after), count, bytes),
    sizesAfter: async (peerId, after, count) =>
      recordsAfter(peerId, after)
        .slice(0, count)
        .map(({ sequence, at, ciphertext }) => ({ sequence, at, bytes: ciphertext.length })),
    exchangeAt: async (peerId, sequence) => peers.get(peerId)?.exchanges.get(sequence)?.record,
    exchangeByTag: async (tag) => all().findLast(({ record }) => record.tag === tag)?.record,
    openExchanges: async () =>
      all()
        .map(({ record }) => record)
        .filter(({ isOpen }) => isOpen)
        .sort((a, b) => a.at - b.at || a.sequence - b.sequence)
        .map(({ peerId, sequence }) => ({ peerId, sequence })),
    exchangesWith: async (tokens, { peerId, offset, count, bytes }) => {
      const wanted = tokens.map(toHex);
      const found = all()
        .filter(({ record }) => peerId === undefined || record.peerId === peerId)
        .filter(({ tokens: has }) => {
          const there = new Set(has.map(toHex));
          return wanted.length > 0 && wanted.every((token) => there.has(token));
        })
        .map(({ record }) => record)
        .sort((a, b) => b.at - a.at || b.sequence - a.sequence || (a.peerId < b.peerId ? 1 : -1));
      return { total: found.length, exchanges: bounded(found.slice(offset), count, bytes) };
    },
    usages: async () =>
      [...peers].map(([peerId, { exchanges, lastSequence, retention }]) => {
        const records = [...exchanges.values()].map(({ record }) => record);
        const oldest = records.sort((a, b) => a.sequence - b.sequence)[0];
        return {
          peerId,
          exchanges: records.length,
          bytes: records.reduce((sum, { ciphertext }) => sum + ciphertext.length, 0),
          lastSequence,
          ...(oldest === undefined ? {} : { oldestAt: oldest.at }),
          retention,
        };
      }),
    saveRetention: async (peerId, retention) => {
      peerOf(peerId).retention = retention;
    },
    deleteExchanges: async (peerId, which, audit) => {
      const { exchanges } = peerOf(peerId);
      const sequences =
        'sequences' in which ? which.sequences : [...exchanges.keys()].filter((sequence) => sequence <= which.upTo);
      addEntries(audit);
      return sequences.filter((sequence) => exchanges.delete(sequence)).length;
    },
    lastAuditEntry: async () => entries.at(-1),
    auditEntries: async (from, count) => {
      const at = entries.findIndex(({ index }) => index >= from);
      return at === -1 ? [] : entries.slice(at, at + count);
    },
    deleteAuditEntries: async ({ before, keep, checkpoint }) => {
      const kept = new Set(keep);
      entries = [checkpoint, ...entries.filter(({ index }) => index >= before || kept.has(index))];
    },
    clear: () => {
      peers.clear();
      ran.clear();
      clearGroups();
      entries = [];
      keys = undefined;
    },
  };
}
