import { describe, expect, test } from 'vitest';
import { type DeliveryAgent, type DeliveryStore, newDeliveryAgent, newUpkeep } from '../../delivery/store.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { bytes, commit, fullRecord, groupId, id, keyPackage, until } from './delivery-records.ts';

/** What every delivery service's store must do. `open` gives an empty one, or the same one again under the same name. */
export function deliveryStoreContract(open: (name: string) => Promise<DeliveryStore>): void {
  let count = 0;
  const name = () => `delivery-${++count}`;
  const empty = () => open(name());

  describe('an agent’s record', () => {
    test('is new until it is changed, and each change sees the one before', async () => {
      const store = await empty();
      expect(await store.agent('agent_a')).toEqual(newDeliveryAgent);
      const record = fullRecord();
      expect(await store.changeAgent('agent_a', () => record)).toEqual(record);
      const add = (current: DeliveryAgent) => ({ ...current, gave: [...current.gave, 9] });
      await Promise.all([1, 2, 3].map(() => store.changeAgent('agent_a', add)));
      expect(await store.agent('agent_a')).toEqual({ ...record, gave: [...record.gave, 9, 9, 9] });
      expect(await store.agent('agent_b')).toEqual(newDeliveryAgent);
    });

    test('stays as it is when the change refuses, which is told as it is', async () => {
      const store = await empty();
      const refusal = new ParleyError('rate_limited', 'Not this one.');
      const changing = store.changeAgent('agent_a', () => {
        throw refusal;
      });
      await expect(changing).rejects.toBe(refusal);
      expect(await store.agent('agent_a')).toEqual(newDeliveryAgent);
    });
  });

  test('what is remembered is so until it has expired', async () => {
    const store = await empty();
    expect(await store.isRemembered('a key')).toBe(false);
    const kept = await Promise.all([1, 2, 3].map(() => store.remember('a key', 10)));
    expect(kept.filter((isNew) => isNew)).toHaveLength(1);
    await store.dropExpired(10, 0);
    expect(await store.isRemembered('a key')).toBe(true);
    await store.dropExpired(11, 0);
    expect(await store.isRemembered('a key')).toBe(false);
  });

  describe('KeyPackages', () => {
    test('are given in their order, each once', async () => {
      const store = await empty();
      expect(await store.takeKeyPackage('agent_a')).toBeUndefined();
      expect(await store.addKeyPackages('agent_a', [keyPackage(1), keyPackage(2)], 100, false)).toBe(2);
      expect(await store.addKeyPackages('agent_a', [keyPackage(2), keyPackage(3)], 100, false)).toBe(3);
      expect(await store.takeKeyPackage('agent_a')).toEqual(keyPackage(1));
      const rest = await Promise.all([1, 2, 3].map(() => store.takeKeyPackage('agent_a')));
      expect(rest.map((each) => each?.hash).sort()).toEqual(['02', '03', undefined]);
    });

    test('are so many at most, the newest, and replaced when that is asked', async () => {
      const store = await empty();
      expect(await store.addKeyPackages('agent_a', [1, 2, 3].map(keyPackage), 2, false)).toBe(2);
      expect(await store.takeKeyPackage('agent_a')).toEqual(keyPackage(2));
      expect(await store.addKeyPackages('agent_a', [keyPackage(4)], 2, true)).toBe(1);
      expect(await store.takeKeyPackage('agent_a')).toEqual(keyPackage(4));
    });

    test('have a last resort, which is given again and again until another takes its place', async () => {
      const store = await empty();
      expect(await store.lastResort('agent_a')).toBeUndefined();
      await store.putLastResort('agent_a', bytes(1));
      await store.putLastResort('agent_a', bytes(2));
      expect(await store.lastResort('agent_a')).toEqual(bytes(2));
      expect(await store.lastResort('agent_a')).toEqual(bytes(2));
      await store.putLastResort('agent_a', undefined);
      expect(await store.lastResort('agent_a')).toBeUndefined();
    });
  });

  describe('a log', () => {
    test('takes an entry with all that belongs to it', async () => {
      const store = await empty();
      expect(await store.group(groupId)).toBeUndefined();
      expect(await store.answered('agent_a', id(0))).toBeUndefined();
      const given = commit(0, ['agent_b', 'agent_c']);
      expect(await store.append(given)).toBe(true);
      expect(await store.group(groupId)).toEqual(given.after);
      expect(await store.entries(groupId, 0, 10)).toEqual([given.entry]);
      expect(await store.message(groupId, 0)).toEqual(given.message);
      expect(await store.answered('agent_a', id(0))).toEqual({ index: 0, head: given.after.head });
      expect(await store.answered('agent_b', id(0))).toBeUndefined();
      expect((await store.agent('agent_a')).welcomeBytes).toBe(1);
      const item = { index: 0, groupId, entry: 0, from: 'agent_a', size: 2, at: 1_000 };
      for (const agentId of ['agent_b', 'agent_c']) {
        expect(await store.inbox(agentId, 0, 10)).toEqual([item]);
        expect(await store.welcome(agentId, 0)).toEqual(given.welcome?.message);
        expect(await store.inboxNext(agentId)).toBe(1);
      }
      expect(await store.unreadWelcomes('agent_a')).toBe(2);
      expect(await store.unreadIn('agent_b', 'agent_a')).toBe(2);
      expect(await store.unreadIn('agent_b', 'agent_b')).toBe(0);
    });

    test('gives each index to one entry, and nothing of another is seen', async () => {
      const store = await empty();
      await store.append(commit(0));
      const rivals = ['a', 'b', 'c', 'd'].map((letter) => commit(1, ['agent_b'], letter.repeat(32)));
      const taken = await Promise.all(rivals.map((rival) => store.append(rival)));
      expect(taken.filter((isTaken) => isTaken)).toHaveLength(1);
      const winner = rivals[taken.indexOf(true)];
      expect(await store.group(groupId)).toEqual(winner?.after);
      expect(await store.entries(groupId, 1, 10)).toEqual([winner?.entry]);
      expect(await store.inbox('agent_b', 0, 10)).toHaveLength(1);
      for (const rival of rivals) {
        const answer = await store.answered('agent_a', rival.entry.entryId);
        expect(answer).toEqual(rival === winner ? { index: 1, head: winner?.after.head } : undefined);
      }
    });

    test('has no gaps: an index that is not the next one is not taken', async () => {
      const store = await empty();
      expect(await store.append(commit(1))).toBe(false);
      expect(await store.append(commit(0))).toBe(true);
      expect(await store.append(commit(2))).toBe(false);
      expect((await store.group(groupId))?.next).toBe(1);
    });

    test('does not take an entry_id of its sender again while it is remembered', async () => {
      const store = await empty();
      await store.append(commit(0));
      const again = commit(1, [], id(0));
      expect(await store.append(again)).toBe(false);
      expect((await store.group(groupId))?.next).toBe(1);
      await store.dropExpired(until + 1, 0);
      expect(await store.answered('agent_a', id(0))).toBeUndefined();
      expect(await store.append(again)).toBe(true);
    });

    test('takes nothing when the sender’s account refuses, which is told as it is', async () => {
      const store = await empty();
      const refusal = new ParleyError('mailbox_full', 'Too much.');
      const appending = store.append({
        ...commit(0, ['agent_b']),
        account: () => {
          throw refusal;
        },
      });
      await expect(appending).rejects.toBe(refusal);
      expect(await store.group(groupId)).toBeUndefined();
      expect(await store.inbox('agent_b', 0, 10)).toEqual([]);
      expect(await store.answered('agent_a', id(0))).toBeUndefined();
    });

    test('is read in pages, also after its beginning and its messages are gone', async () => {
      const store = await empty();
      for (let index = 0; index < 6; index++) await store.append(commit(index));
      expect((await store.entries(groupId, 2, 3)).map(({ index }) => index)).toEqual([2, 3, 4]);
      await store.dropMessages(groupId, [3, 4]);
      await store.dropMessages(groupId, [3]);
      await store.dropEntries(groupId, 2);
      const left = await store.entries(groupId, 0, 10);
      expect(left.map(({ index, isDropped }) => [index, isDropped])).toEqual([
        [2, false],
        [3, true],
        [4, true],
        [5, false],
      ]);
      expect(left[1]).toEqual({ ...commit(3).entry, isDropped: true });
      expect(await store.message(groupId, 1)).toBeUndefined();
      expect(await store.message(groupId, 3)).toBeUndefined();
      expect(await store.message(groupId, 5)).toEqual(commit(5).message);
      expect((await store.group(groupId))?.next).toBe(6);
    });

    test('without entries still has its group', async () => {
      const store = await empty();
      await store.append(commit(0));
      await store.dropEntries(groupId, 1);
      expect(await store.entries(groupId, 0, 10)).toEqual([]);
      expect(await store.append(commit(0))).toBe(false);
      expect(await store.append(commit(1))).toBe(true);
    });

    test('is listed by its id', async () => {
      const store = await empty();
      const ids = ['a', 'b', 'c'].map((letter) => letter.repeat(32));
      for (const [i, other] of ids.entries()) await store.append(commit(0, [], id(i), other));
      expect(await store.groups('', 2)).toEqual(ids.slice(0, 2));
      expect(await store.groups(ids[1] ?? '', 2)).toEqual(ids.slice(2));
    });

    test('is there when the store is opened again', async () => {
      const called = name();
      const given = commit(0, ['agent_b']);
      await (await open(called)).append(given);
      const again = await open(called);
      expect(await again.group(groupId)).toEqual(given.after);
      expect(await again.entries(groupId, 0, 10)).toEqual([given.entry]);
      expect(await again.message(groupId, 0)).toEqual(given.message);
      expect(await again.welcome('agent_b', 0)).toEqual(given.welcome?.message);
    });
  });

  test('a position never goes back, and its time is that of the last word', async () => {
    const store = await empty();
    expect(await store.positions(groupId)).toEqual(new Map());
    expect(await store.setPosition(groupId, 'agent_a', { index: 0, at: 1 })).toBe(0);
    expect(await store.setPosition(groupId, 'agent_a', { index: 7, at: 2 })).toBe(7);
    expect(await store.setPosition(groupId, 'agent_a', { index: 3, at: 5 })).toBe(7);
    await store.setPosition(groupId, 'agent_b', { index: 2, at: 4 });
    expect(await store.positions(groupId)).toEqual(
      new Map([
        ['agent_a', { index: 7, at: 5 }],
        ['agent_b', { index: 2, at: 4 }],
      ]),
    );
    expect(await store.positions(id(1))).toEqual(new Map());
  });

  test('the upkeep of a log is changed in one step', async () => {
    const store = await empty();
    expect(await store.upkeep(groupId)).toEqual(newUpkeep);
    const add = (by: number) =>
      store.changeUpkeep(groupId, (current) => ({
        ...current,
        dropped: current.dropped + by,
        passed: [{ index: 1, at: 2 }],
      }));
    await Promise.all([1, 2, 3].map(add));
    expect(await store.upkeep(groupId)).toEqual({ dropped: 6, messagesFrom: 0, passed: [{ index: 1, at: 2 }] });
  });

  describe('an inbox', () => {
    test('is read in pages, and gives no index twice', async () => {
      const store = await empty();
      for (let index = 0; index < 4; index++) await store.append(commit(index, ['agent_b']));
      expect((await store.inbox('agent_b', 1, 2)).map(({ index }) => index)).toEqual([1, 2]);
      await store.readInbox('agent_b', 1);
      expect((await store.inbox('agent_b', 0, 9)).map(({ index }) => index)).toEqual([2, 3]);
      expect(await store.welcome('agent_b', 1)).toBeUndefined();
      await store.readInbox('agent_b', 3);
      expect(await store.inbox('agent_b', 0, 9)).toEqual([]);
      expect(await store.inboxNext('agent_b')).toBe(4);
      await store.append(commit(4, ['agent_b']));
      expect((await store.inbox('agent_b', 0, 9)).map(({ index }) => index)).toEqual([4]);
    });

    test('counts a Welcome to several once for its writer, until nobody has it', async () => {
      const store = await empty();
      await store.append(commit(0, ['agent_b', 'agent_c']));
      await store.append(commit(1, ['agent_b']));
      expect(await store.unreadWelcomes('agent_a')).toBe(4);
      expect(await store.unreadIn('agent_b', 'agent_a')).toBe(4);
      await store.readInbox('agent_b', 1);
      expect(await store.unreadWelcomes('agent_a')).toBe(2);
      await store.readInbox('agent_c', 0);
      expect(await store.unreadWelcomes('agent_a')).toBe(0);
    });

    test('loses what is too old', async () => {
      const store = await empty();
      await store.append(commit(0, ['agent_b']));
      await store.dropExpired(0, 1_000);
      expect(await store.inbox('agent_b', 0, 9)).toHaveLength(1);
      await store.dropExpired(0, 1_001);
      expect(await store.inbox('agent_b', 0, 9)).toEqual([]);
      expect(await store.inboxNext('agent_b')).toBe(1);
    });

    test('is empty for another owner of the name, like its KeyPackages', async () => {
      const store = await empty();
      await store.append(commit(0, ['agent_b']));
      await store.addKeyPackages('agent_b', [keyPackage(1)], 100, false);
      await store.putLastResort('agent_b', bytes(1));
      await store.forgetAgent('agent_b');
      expect(await store.inbox('agent_b', 0, 9)).toEqual([]);
      expect(await store.inboxNext('agent_b')).toBe(1);
      expect(await store.takeKeyPackage('agent_b')).toBeUndefined();
      expect(await store.lastResort('agent_b')).toBeUndefined();
    });
  });
}
