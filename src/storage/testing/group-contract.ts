import { describe, expect, test } from 'vitest';
import type { GroupChange, GroupKey, GroupRow } from '../../agent/contracts/group-store.ts';
import type { AgentStore } from '../../agent/contracts/ports.ts';
import { toHex } from '../../protocol/bytes.ts';
import { auditEntry, exchange, makeHistoryKeysOf } from './history-contract.ts';

const [first, second] = ['a1'.repeat(16), 'b2'.repeat(16)];

/** A row of a group; `fill` is what its bytes are. */
export const groupRow = (part: string, fill = 1, group: string = first): GroupRow => ({
  group,
  part,
  iv: new Uint8Array(12).fill(fill),
  ciphertext: new Uint8Array(40).fill(fill),
});

/** A signature key as an agent makes it, and its public half. */
export async function makeGroupKey(extractable: boolean): Promise<GroupKey & { readonly publicKey: CryptoKey }> {
  const pair = await crypto.subtle.generateKey('Ed25519', extractable, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new Error('Ed25519 makes pairs');
  const spki = await crypto.subtle.exportKey('raw', pair.publicKey);
  const id = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', spki)));
  return { id, key: pair.privateKey, publicKey: pair.publicKey };
}

/** What every agent's store must do with groups. */
export function groupContract(fresh: () => Promise<AgentStore>, newKeysAreExtractable: boolean): void {
  const commit = (store: AgentStore, ...groups: readonly Partial<GroupChange>[]) =>
    store.commit({ exchanges: [], audit: [], groups: groups.map((change) => ({ put: [], drop: [], ...change })) });
  const partsOf = async (store: AgentStore, group: string, prefix = '', after = '', count = 99) =>
    (await store.groupRows(group, prefix, after, count)).map(({ part }) => part);

  describe('groups', () => {
    test('are none at first, then those that have a row `member`, in their order', async () => {
      const store = await fresh();
      expect(await store.groupIds()).toEqual([]);
      expect(await store.groupRow(first, 'member')).toBeUndefined();
      expect(await store.groupRows(first, '', '', 9)).toEqual([]);
      const put = [
        groupRow('member', 1, second),
        groupRow('member'),
        groupRow('member/1', 1, ''),
        groupRow('packages', 1, ''),
      ];
      await commit(store, { put });
      expect(await store.groupIds()).toEqual([first, second]);
      expect(await store.groupRow(second, 'member')).toEqual(groupRow('member', 1, second));
      await commit(store, { put: [groupRow('left', 2, second)], drop: [{ group: second, part: 'member' }] });
      expect(await store.groupIds()).toEqual([first]);
    });

    test('give their rows in the order of the parts, by prefix, in pieces', async () => {
      const store = await fresh();
      const parts = [
        'epoch',
        'head/0000000002',
        'head/0000000010',
        'head/0000000011',
        'header',
        'member',
        'ratchets/3',
      ];
      await commit(
        store,
        { put: parts.toReversed().map((part) => groupRow(part)) },
        { put: [groupRow('head/9', 1, second)] },
      );
      expect(await partsOf(store, first)).toEqual(parts);
      expect(await partsOf(store, first, 'head/')).toEqual(parts.slice(1, 4));
      expect(await partsOf(store, first, 'head/', 'head/0000000002', 1)).toEqual(['head/0000000010']);
      expect(await partsOf(store, first, 'head/', 'head/0000000011')).toEqual([]);
      expect(await partsOf(store, first, '', 'head/0000000011', 2)).toEqual(['header', 'member']);
      expect(await partsOf(store, first, 'head/', 'zzz')).toEqual([]);
      expect(await partsOf(store, first, '', '', 0)).toEqual([]);
    });

    test('give their rows from the last one back, by prefix, in pieces', async () => {
      const store = await fresh();
      const parts = ['epoch', 'head/0000000002', 'head/0000000010', 'head/0000000011', 'header', 'member'];
      await commit(
        store,
        { put: parts.map((part) => groupRow(part)) },
        { put: [groupRow('head/0000000001', 1, second)] },
      );
      const backFrom = async (prefix: string, part: string, count = 99) =>
        (await store.groupRowsBefore(first, prefix, part, count)).map((row) => row.part);
      expect(await backFrom('head/', 'head/~')).toEqual(parts.slice(1, 4).toReversed());
      expect(await backFrom('head/', 'head/~', 2)).toEqual(['head/0000000011', 'head/0000000010']);
      expect(await backFrom('head/', 'head/0000000011', 1)).toEqual(['head/0000000010']);
      expect(await backFrom('head/', 'head/0000000002')).toEqual([]);
      expect(await backFrom('head/', 'zzz')).toEqual(parts.slice(1, 4).toReversed());
      expect(await backFrom('head/', 'a')).toEqual([]);
      expect(await backFrom('', 'head/0000000010')).toEqual(['head/0000000002', 'epoch']);
      expect(await backFrom('', '~', 0)).toEqual([]);
    });

    test('have one row a part, the one that was written last', async () => {
      const store = await fresh();
      await commit(store, { put: [groupRow('ratchets/3', 1)] });
      await commit(store, { put: [groupRow('ratchets/3', 2)] }, { put: [groupRow('ratchets/3', 3)] });
      expect(await store.groupRows(first, '', '', 9)).toEqual([groupRow('ratchets/3', 3)]);
    });

    test('lose a part, or all under one, of one group alone; what goes, goes before what comes', async () => {
      const store = await fresh();
      const parts = ['epoch', 'outbox/1', 'ratchets', 'ratchets/1', 'ratchets/2', 'ratchets0'];
      await commit(store, { put: parts.flatMap((part) => [groupRow(part), groupRow(part, 1, second)]) });
      const drop = ['ratchets/', 'epoch', 'none', 'none/'].map((part) => ({ group: first, part }));
      await commit(store, { drop, put: [groupRow('ratchets/2', 7)] }, { drop: [{ group: first, part: 'outbox/1' }] });
      expect(await partsOf(store, first)).toEqual(['ratchets', 'ratchets/2', 'ratchets0']);
      expect(await store.groupRow(first, 'ratchets/2')).toEqual(groupRow('ratchets/2', 7));
      expect(await partsOf(store, second)).toEqual(parts);
    });

    test('stand and fall with the history that is written with them', async () => {
      const store = await fresh();
      const key = await makeGroupKey(newKeysAreExtractable);
      await store.saveHistoryKeys(await makeHistoryKeysOf(newKeysAreExtractable));
      await store.commit({
        exchanges: [exchange()],
        audit: [auditEntry(0)],
        groups: [{ put: [groupRow('member')], drop: [] }],
      });
      const change = { put: [groupRow('epoch')], drop: [{ group: first, part: 'member' }], putKeys: [key] };
      await expect(
        store.commit({ exchanges: [exchange({ sequence: 2 })], audit: [auditEntry(0)], groups: [change] }),
      ).rejects.toThrow(/storage_failed/);
      expect(await partsOf(store, first)).toEqual(['member']);
      expect(await store.groupKey(key.id)).toBeUndefined();
      await store.deleteExchanges('helper_agent_001', { upTo: 9 }, []);
      expect(await store.groupIds()).toEqual([first]);
    });

    test('keep signature keys that work, cannot be taken out, and go by their ids', async () => {
      const store = await fresh();
      await store.saveHistoryKeys(await makeHistoryKeysOf(newKeysAreExtractable));
      const [key, other] = await Promise.all([
        makeGroupKey(newKeysAreExtractable),
        makeGroupKey(newKeysAreExtractable),
      ]);
      await commit(store, { putKeys: [{ id: key.id, key: key.key }], put: [groupRow('member')] });
      await commit(store, { putKeys: [{ id: other.id, key: other.key }] });
      const found = await store.groupKey(key.id);
      if (found === undefined) throw new Error('no key');
      expect(found.extractable).toBe(false);
      const signature = await crypto.subtle.sign('Ed25519', found, Uint8Array.of(1, 2));
      expect(await crypto.subtle.verify('Ed25519', key.publicKey, signature, Uint8Array.of(1, 2))).toBe(true);
      await commit(store, { putKeys: [{ id: key.id, key: found }], dropKeys: [other.id, 'none'] });
      expect(await store.groupKey(other.id)).toBeUndefined();
      expect((await store.groupKey(key.id))?.usages).toEqual(['sign']);
    });

    test('are gone once the agent is erased', async () => {
      const store = await fresh();
      await store.saveHistoryKeys(await makeHistoryKeysOf(newKeysAreExtractable));
      const key = await makeGroupKey(newKeysAreExtractable);
      await commit(store, { put: [groupRow('member'), groupRow('packages', 1, '')], putKeys: [key] });
      await store.erase();
      await store.loadIdentity();
      expect(await store.groupIds()).toEqual([]);
      expect(await store.groupRows('', '', '', 9)).toEqual([]);
      expect(await store.groupKey(key.id)).toBeUndefined();
    });
  });
}
