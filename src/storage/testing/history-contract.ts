import { describe, expect, test } from 'vitest';
import type { StoredAuditEntry } from '../../agent/contracts/audit-store.ts';
import type { HistoryKeys, IndexedExchange, StoredExchange } from '../../agent/contracts/history-store.ts';
import type { AgentStore } from '../../agent/contracts/ports.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { canonicalText } from '../../protocol/wire/canonical.ts';

/** What every agent's store must do with the history and the audit trail. */
export function historyContract(fresh: () => Promise<AgentStore>, makeHistoryKeys: () => Promise<HistoryKeys>): void {
  describe('the keys of the history', () => {
    test('are nothing at first, then work and cannot be taken out', async () => {
      const store = await fresh();
      expect(await store.loadHistoryKeys()).toBeUndefined();
      const made = await makeHistoryKeys();
      const iv = new Uint8Array(12);
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, made.record, Uint8Array.of(1, 2));
      const digests = await Promise.all([made.index, made.opening].map(digestUnder));
      await store.saveHistoryKeys(made);
      const found = await store.loadHistoryKeys();
      if (found === undefined) throw new Error('no keys');
      for (const key of Object.values(found)) expect(key.extractable).toBe(false);
      const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, found.record, sealed);
      expect(new Uint8Array(opened)).toEqual(Uint8Array.of(1, 2));
      expect(await Promise.all([found.index, found.opening].map(digestUnder))).toEqual(digests);
    });
  });

  describe('exchanges', () => {
    const sequencesOf = (found: readonly StoredExchange[]) => found.map(({ sequence }) => sequence);

    test('come back as they were written, the newest first, in pieces', async () => {
      const store = await fresh();
      const written = [1, 2, 3, 4, 5].map((sequence) => exchange({ sequence }));
      const other = exchange({ peerId: 'other_agent_001' });
      await store.commit({ exchanges: [...written, other], audit: [] });
      expect(await store.exchangesBefore('helper_agent_001', undefined, 1)).toEqual([written[4]?.record]);
      expect(sequencesOf(await store.exchangesBefore('helper_agent_001', undefined, 10))).toEqual([5, 4, 3, 2, 1]);
      expect(sequencesOf(await store.exchangesBefore('helper_agent_001', 4, 2))).toEqual([3, 2]);
      expect(await store.exchangesBefore('helper_agent_001', 1, 2)).toEqual([]);
      expect(sequencesOf(await store.exchangesAfter('helper_agent_001', 0, 9))).toEqual([1, 2, 3, 4, 5]);
      expect(sequencesOf(await store.exchangesAfter('helper_agent_001', 2, 2))).toEqual([3, 4]);
      expect(await store.exchangesAfter('helper_agent_001', 5, 2)).toEqual([]);
      expect(await store.exchangesBefore('nobody_here_001', undefined, 2)).toEqual([]);
    });

    test('are replaced by a later writing, also within one batch', async () => {
      const store = await fresh();
      await store.commit({ exchanges: [exchange({ isOpen: true })], audit: [] });
      const again = exchange({ sessionId: 'cd'.repeat(16), ciphertext: new Uint8Array(50) });
      await store.commit({ exchanges: [exchange(), again], audit: [] });
      expect(await store.exchangesBefore('helper_agent_001', undefined, 10)).toEqual([again.record]);
      expect(await store.openExchanges()).toEqual([]);
      expect(await store.usages()).toEqual([usage({ exchanges: 1, bytes: 50, lastSequence: 1, oldestAt: 1_001 })]);
    });

    test('are found by their tag', async () => {
      const store = await fresh();
      const second = exchange({ sequence: 2 });
      await store.commit({ exchanges: [exchange(), second], audit: [] });
      expect(await store.exchangeByTag(second.record.tag)).toEqual(second.record);
      expect(await store.exchangeByTag('ff'.repeat(16))).toBeUndefined();
    });

    test('that are open are found in the order of time', async () => {
      const store = await fresh();
      const made = [
        exchange({ sequence: 1, at: 30, isOpen: true }),
        exchange({ sequence: 2, at: 20 }),
        exchange({ peerId: 'other_agent_001', sequence: 1, at: 10, isOpen: true }),
      ];
      await store.commit({ exchanges: made, audit: [] });
      expect(await store.openExchanges()).toEqual([
        { peerId: 'other_agent_001', sequence: 1 },
        { peerId: 'helper_agent_001', sequence: 1 },
      ]);
      expect(await store.exchangeAt('helper_agent_001', 1)).toEqual(made[0]?.record);
      expect(await store.exchangeAt('helper_agent_001', 9)).toBeUndefined();
    });

    test('come in pieces of so many bytes, one at least, and their sizes without them', async () => {
      const store = await fresh();
      const tokens = [token(7)];
      const sizes = [10, 400, 30, 40, 50];
      const made = sizes.map((size, index) => exchange({ sequence: index + 1, ciphertext: new Uint8Array(size) }));
      await store.commit({ exchanges: made.map(({ record }) => ({ record, tokens })), audit: [] });
      expect(sequencesOf(await store.exchangesBefore('helper_agent_001', undefined, 9, 120))).toEqual([5, 4, 3]);
      expect(sequencesOf(await store.exchangesBefore('helper_agent_001', undefined, 9, 119))).toEqual([5, 4]);
      expect(sequencesOf(await store.exchangesBefore('helper_agent_001', 3, 9, 1))).toEqual([2]);
      expect(sequencesOf(await store.exchangesAfter('helper_agent_001', 0, 9, 100))).toEqual([1]);
      expect(sequencesOf(await store.exchangesAfter('helper_agent_001', 1, 9, 100))).toEqual([2]);
      const found = await store.exchangesWith(tokens, { offset: 0, count: 9, bytes: 90 });
      expect({ ...found, exchanges: sequencesOf(found.exchanges) }).toEqual({ total: 5, exchanges: [5, 4] });
      expect(await store.sizesAfter('helper_agent_001', 1, 2)).toEqual([
        { sequence: 2, at: 1_002, bytes: 400 },
        { sequence: 3, at: 1_003, bytes: 30 },
      ]);
      expect(await store.sizesAfter('helper_agent_001', 5, 2)).toEqual([]);
    });

    test('are found by tokens that they all have, the newest first', async () => {
      const store = await fresh();
      const [a, b, c] = [token(1), token(2), token(3)];
      await store.commit({
        exchanges: [
          { ...exchange({ sequence: 1 }), tokens: [a, b] },
          { ...exchange({ sequence: 2 }), tokens: [a] },
          { ...exchange({ sequence: 3 }), tokens: [b, a, c] },
          { ...exchange({ peerId: 'other_agent_001', sequence: 9 }), tokens: [a, b] },
        ],
        audit: [],
      });
      const found = await store.exchangesWith([a, b], { offset: 0, count: 2 });
      expect(found.total).toBe(3);
      expect(sequencesOf(found.exchanges)).toEqual([9, 3]);
      const ofOne = await store.exchangesWith([a, b], { peerId: 'helper_agent_001', offset: 1, count: 5 });
      expect(ofOne).toMatchObject({ total: 2, exchanges: [{ sequence: 1 }] });
      expect(await store.exchangesWith([token(4)], { offset: 0, count: 5 })).toEqual({ total: 0, exchanges: [] });
      expect(await store.exchangesWith([], { offset: 0, count: 5 })).toEqual({ total: 0, exchanges: [] });
      await store.commit({ exchanges: [{ ...exchange({ sequence: 3 }), tokens: [c] }], audit: [] });
      expect((await store.exchangesWith([b], { offset: 0, count: 5 })).total).toBe(2);
      await store.deleteExchanges('helper_agent_001', { sequences: [3] }, []);
      expect((await store.exchangesWith([c], { offset: 0, count: 5 })).total).toBe(0);
    });

    test('are deleted one by one or up to one, and their numbers are never given again', async () => {
      const store = await fresh();
      const made = [1, 2, 3, 4].map((sequence) => exchange({ sequence }));
      await store.commit({ exchanges: [...made, exchange({ peerId: 'other_agent_001' })], audit: [] });
      expect(await store.deleteExchanges('helper_agent_001', { sequences: [4, 9] }, [auditEntry(0)])).toBe(1);
      expect(await store.deleteExchanges('helper_agent_001', { upTo: 2 }, [auditEntry(1)])).toBe(2);
      expect(sequencesOf(await store.exchangesBefore('helper_agent_001', undefined, 9))).toEqual([3]);
      expect(await store.exchangesBefore('other_agent_001', undefined, 9)).toHaveLength(1);
      expect(await store.auditEntries(0, 9)).toEqual([auditEntry(0), auditEntry(1)]);
      expect((await store.usages()).find(({ peerId }) => peerId === 'helper_agent_001')).toEqual(
        usage({ exchanges: 1, bytes: 32, lastSequence: 4, oldestAt: 1_003 }),
      );
      expect(await store.deleteExchanges('helper_agent_001', { upTo: 9 }, [])).toBe(1);
      expect((await store.usages()).find(({ peerId }) => peerId === 'helper_agent_001')).toEqual(
        usage({ exchanges: 0, bytes: 0, lastSequence: 4 }),
      );
    });

    test('have a retention for each peer, which outlasts them', async () => {
      const store = await fresh();
      await store.saveRetention('helper_agent_001', { keep: 'days', days: 7 });
      await store.commit({ exchanges: [exchange()], audit: [] });
      await store.deleteExchanges('helper_agent_001', { upTo: 1 }, []);
      await store.saveRetention('other_agent_001', { keep: 'bytes', bytes: 1_000 });
      const found = await store.usages();
      expect(found.map(({ peerId, retention }) => [peerId, retention]).sort()).toEqual([
        ['helper_agent_001', { keep: 'days', days: 7 }],
        ['other_agent_001', { keep: 'bytes', bytes: 1_000 }],
      ]);
    });
  });

  describe('the audit trail', () => {
    test('loses its beginning but what is to stay, and has a checkpoint for it, of which there is one', async () => {
      const store = await fresh();
      const entries = Array.from({ length: 10 }, (_, index) => auditEntry(index));
      await store.commit({ exchanges: [], audit: entries });
      const checkpoint = (text: string) => ({ ...auditEntry(-1), text });
      await store.deleteAuditEntries({ before: 5, keep: [0, 3], checkpoint: checkpoint('first') });
      const left = (...indexes: number[]) => entries.filter(({ index }) => indexes.includes(index));
      expect(await store.auditEntries(0, 99)).toEqual(left(0, 3, 5, 6, 7, 8, 9));
      expect(await store.auditEntries(-1, 1)).toEqual([checkpoint('first')]);
      await store.commit({ exchanges: [], audit: [auditEntry(10)] });
      await store.deleteAuditEntries({ before: 9, keep: [0], checkpoint: checkpoint('second') });
      expect(await store.auditEntries(-1, 99)).toEqual([checkpoint('second'), ...left(0, 9), auditEntry(10)]);
      expect(await store.lastAuditEntry()).toEqual(auditEntry(10));
    });

    test('comes back byte for byte, whatever its entries say, also when some that show the same certificates are gone', async () => {
      const store = await fresh();
      const entries = [
        auditEntry(0),
        handshakeEntry(1, 1, 2),
        handshakeEntry(2, 3, 2),
        { ...auditEntry(3), text: 'no entry' },
        ...Array.from({ length: 2_000 }, (_, i) => auditEntry(i + 4)),
        handshakeEntry(2_004, 1, 4),
      ];
      await store.commit({ exchanges: [], audit: entries });
      expect(await store.auditEntries(0, 9_999)).toEqual(entries);
      await store.deleteAuditEntries({ before: 2_004, keep: [0, 2], checkpoint: auditEntry(-1) });
      const left = [0, 2, 2_004].flatMap((index) => entries[index] ?? []);
      expect(await store.auditEntries(0, 9_999)).toEqual(left);
      expect(await store.lastAuditEntry()).toEqual(entries.at(-1));
      await store.commit({ exchanges: [], audit: [handshakeEntry(2_005, 1, 2)] });
      expect(await store.auditEntries(0, 9_999)).toEqual([...left, handshakeEntry(2_005, 1, 2)]);
    });

    test('comes back in its order, in pieces', async () => {
      const store = await fresh();
      expect(await store.lastAuditEntry()).toBeUndefined();
      await store.commit({ exchanges: [], audit: [auditEntry(0), auditEntry(1)] });
      await store.commit({ exchanges: [exchange()], audit: [auditEntry(2)] });
      expect(await store.lastAuditEntry()).toEqual(auditEntry(2));
      expect(await store.auditEntries(1, 1)).toEqual([auditEntry(1)]);
      expect(await store.auditEntries(1, 9)).toEqual([auditEntry(1), auditEntry(2)]);
    });
  });
}

/** An exchange at rest, of helper_agent_001 unless said otherwise; no two have the same tag. */
export function exchange(change: Partial<StoredExchange> = {}): IndexedExchange {
  const { peerId = 'helper_agent_001', sequence = 1 } = change;
  const record: StoredExchange = {
    peerId,
    sequence,
    sessionId: 'ab'.repeat(16),
    direction: 'outgoing',
    at: 1_000 + sequence,
    isOpen: false,
    tag: `${peerId.length}`.padStart(16, '0') + `${sequence}`.padStart(16, '0'),
    iv: new Uint8Array(12).fill(sequence),
    ciphertext: new Uint8Array(32).fill(sequence),
    ...change,
  };
  return { record, tokens: [] };
}

/** An entry of the trail. */
export function auditEntry(index: number): StoredAuditEntry {
  return { index, text: `{"index":${index}}`, hash: new Uint8Array(32).fill(index) };
}

/** The DER of a certificate, of 900 bytes, as far as a store can tell. */
export function certificate(seed: number): Bytes {
  return new Uint8Array(900).map((_, at) => (at * (seed + 2)) % 251);
}

/** An entry of a handshake whose hellos show these certificates. */
export function handshakeEntry(index: number, client: number, server: number): StoredAuditEntry {
  const hello = (seed: number) => ({
    my_certificate: { signing: encodeBase64(certificate(seed)), encryption: encodeBase64(certificate(seed + 100)) },
  });
  const said = { index, kind: 'handshake', client_hello: hello(client), server_hello: hello(server) };
  return { ...auditEntry(index), text: canonicalText(said) };
}

/** Keys as an agent makes them. */
export async function makeHistoryKeysOf(extractable: boolean): Promise<HistoryKeys> {
  const hmac = () => crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, extractable, ['sign']);
  return {
    record: await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, extractable, ['encrypt', 'decrypt']),
    index: await hmac(),
    opening: await hmac(),
  };
}

function usage(change: object) {
  return { peerId: 'helper_agent_001', retention: { keep: 'all' }, ...change };
}

function token(value: number): Bytes {
  // A piece of a larger buffer: what lies around it is not the token's.
  return new Uint8Array(64).fill(value).subarray(8, 16);
}

async function digestUnder(key: CryptoKey): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, Uint8Array.of(7)));
}
