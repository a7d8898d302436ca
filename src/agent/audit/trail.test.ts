import { describe, expect, test } from 'vitest';
import { createMemoryHistory } from '../../storage/memory/history.ts';
import type { StoredAuditEntry } from '../contracts/audit-store.ts';
import { readEntry } from './entry/stored-entry.ts';
import { AuditTrail, type Draft, mostHeld, mostWaiting } from './trail.ts';

const environment = { subtle: crypto.subtle, now: () => 1_790_000_000_000 };
const counted = (count: number) => ({ kind: 'refusals_omitted', count, since: 0 }) as const;

async function opened(store = createMemoryHistory()) {
  const trail = new AuditTrail({ store, environment });
  await trail.load();
  const write = (audit: readonly StoredAuditEntry[]) => store.commit({ exchanges: [], audit });
  const counts = async () =>
    (await store.auditEntries(0, 100)).map(({ text }) => Number(/"count":(\d+)/.exec(text)?.[1]));
  return { store, trail, write, counts };
}

describe('a trail', () => {
  test('writes what was added in its order, however many write at once', async () => {
    const { trail, write, counts } = await opened();
    const writing = [1, 2, 3, 4, 5].map((count) => {
      trail.add(counted(count));
      return trail.write(write);
    });
    await Promise.all(writing);
    expect(await counts()).toEqual([1, 2, 3, 4, 5]);
    expect(trail.isWaiting).toBe(false);
  });

  test('keeps what could not be stored for the next time, and forgets what was to go with a failure', async () => {
    const { trail, write, counts } = await opened();
    trail.add(counted(1));
    const full = () => Promise.reject(new TypeError('full'));
    await expect(trail.write(full, [counted(2)])).rejects.toThrow('full');
    trail.add(counted(3));
    await trail.write(write);
    expect(await counts()).toEqual([1, 3]);
  });

  test('goes on behind what an earlier run has still written', async () => {
    const first = await opened();
    const second = await opened(first.store);
    first.trail.add(counted(1));
    await first.trail.write(first.write);
    second.trail.add(counted(2));
    await second.trail.write(second.write);
    expect(await second.counts()).toEqual([1, 2]);
    const [one, two] = await first.store.auditEntries(0, 2);
    expect(two?.text).toContain(`"prev":"${Buffer.from(one?.hash ?? []).toString('hex')}"`);
  });

  test.each<[string, Draft]>([
    ['a lone surrogate', { kind: 'began', agent_id: 'a\ud83d' }],
    ['a member that its schema refuses', { kind: 'revocation', peer_id: 'Not an agent', signing: '', encryption: '' }],
    ['a draft that fails', { holds: 0, make: () => Promise.reject(new TypeError('no key')) }],
  ])('writes in the place of what cannot be an entry that it could not: %s', async (_, draft) => {
    const { trail, write, store } = await opened();
    trail.add(counted(1), draft);
    await trail.write(write, [counted(3)]);
    expect(trail.isWaiting).toBe(false);
    const entries = (await store.auditEntries(0, 9)).map(({ text }) => readEntry(text));
    expect(entries).toMatchObject([
      { kind: 'refusals_omitted' },
      { kind: 'entries_omitted', count: 1, reason: 'unwritable', index: 1 },
      { kind: 'refusals_omitted', index: 2 },
    ]);
  });

  test('makes an entry once, however often it cannot be written', async () => {
    const { trail, write, counts } = await opened();
    const made: number[] = [];
    const draft = (count: number) => ({
      holds: 0,
      make: async (index: number) => {
        made.push(index);
        return counted(count);
      },
    });
    const full = () => Promise.reject(new TypeError('full'));
    for (const count of [1, 2, 3]) {
      trail.add(draft(count));
      await expect(trail.write(full, [counted(9)])).rejects.toThrow('full');
    }
    await trail.write(write, [counted(4)]);
    expect(made).toEqual([0, 1, 2]);
    expect(await counts()).toEqual([1, 2, 3, 4]);
  });

  test('makes it anew when its place is taken', async () => {
    const first = await opened();
    const second = await opened(first.store);
    const made: number[] = [];
    const make = async (index: number) => {
      made.push(index);
      return counted(2);
    };
    second.trail.add({ holds: 0, make });
    const full = () => Promise.reject(new TypeError('full'));
    await expect(second.trail.write(full)).rejects.toThrow('full');
    first.trail.add(counted(1));
    await first.trail.write(first.write);
    await second.trail.write(second.write);
    expect(made).toEqual([0, 1]);
    expect(await first.counts()).toEqual([1, 2]);
  });

  test('holds no more of large messages than it may while the disk takes nothing', async () => {
    const { trail, write, store } = await opened();
    for (const count of [1, 2, 3]) trail.add({ holds: mostHeld / 2, make: async () => counted(count) });
    await expect(trail.write(() => Promise.reject(new TypeError('full')))).rejects.toThrow('full');
    trail.add({ holds: 1, make: async () => counted(4) }, counted(5));
    await trail.write(write);
    const entries = (await store.auditEntries(0, 9)).map(({ text }) => readEntry(text));
    expect(entries).toMatchObject([{ count: 1 }, { count: 2 }, { count: 5 }, { kind: 'entries_omitted', count: 2 }]);
  });

  test('keeps no more than it can while the disk takes nothing, and says how many are missing', async () => {
    const { trail, write, store } = await opened();
    for (let count = 0; count < mostWaiting; count++) trail.add(counted(count));
    const full = () => {
      trail.add(counted(1), counted(2));
      return Promise.reject(new TypeError('full'));
    };
    await expect(trail.write(full)).rejects.toThrow('full');
    trail.add(counted(3));
    await expect(trail.write(full)).rejects.toThrow('full');
    await trail.write(write);
    const entries = (await store.auditEntries(0, 2 * mostWaiting)).map(({ text }) => readEntry(text));
    expect(entries).toHaveLength(mostWaiting + 1);
    expect(entries.at(-2)).toMatchObject({ count: mostWaiting - 1 });
    expect(entries.at(-1)).toMatchObject({ kind: 'entries_omitted', count: 5, reason: 'too_many' });
    expect(trail.isWaiting).toBe(false);
  });
});
