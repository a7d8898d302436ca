import { expect, test } from 'vitest';
import type { GroupRow } from '../../contracts/group-store.ts';
import type { HistoryStep } from '../../history/write-queue.ts';
import { SealedRows } from './sealed-rows.ts';

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const record = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);

type Kept = Map<string, GroupRow>;

function rowsOf(agentId: string, kept: Kept): SealedRows {
  const store = {
    groupRow: async (group: string, part: string) => kept.get(`${group} ${part}`),
    groupRows: async (group: string, prefix: string, after: string, count: number) =>
      [...kept.values()]
        .filter((row) => row.group === group && row.part.startsWith(prefix) && row.part > after)
        .sort((a, b) => (a.part < b.part ? -1 : 1))
        .slice(0, count),
    groupRowsBefore: async (group: string, prefix: string, before: string, count: number) =>
      [...kept.values()]
        .filter((row) => row.group === group && row.part.startsWith(prefix) && row.part < before)
        .sort((a, b) => (a.part < b.part ? 1 : -1))
        .slice(0, count),
    groupKey: async () => undefined,
  };
  const history = {
    keepStep: async ({ groups = [] }: HistoryStep) => {
      for (const row of groups.flatMap(({ put }) => put)) kept.set(`${row.group} ${row.part}`, row);
      return [];
    },
  };
  return new SealedRows({ agentId, store, history, keys: { record }, environment: { subtle: crypto.subtle, random } });
}

const put = (...parts: readonly string[]) => ({ put: parts.map((part) => ({ group: 'aa', part, bytes })), drop: [] });

function rowAt(kept: Kept, key: string): GroupRow {
  const row = kept.get(key);
  if (row === undefined) throw new TypeError(`There is no row ${key}.`);
  return row;
}

const bytes = new Uint8Array([1, 2, 3]);

test('a row reads back, and says nothing of its bytes', async () => {
  const kept = new Map<string, GroupRow>();
  const rows = rowsOf('helper_agent_001', kept);
  await rows.write(put('epoch'));
  expect(rowAt(kept, 'aa epoch').ciphertext).toHaveLength(bytes.length + 16);
  expect(await rows.read('aa', 'epoch')).toEqual(bytes);
  expect(await rows.read('aa', 'secrets')).toBeUndefined();
});

test('a row of another place or agent, and one that was altered, cannot be read', async () => {
  const kept = new Map<string, GroupRow>();
  const rows = rowsOf('helper_agent_001', kept);
  await rows.write(put('epoch'));
  const row = rowAt(kept, 'aa epoch');
  kept.set('aa pending', { ...row, part: 'pending' });
  kept.set('bb epoch', { ...row, group: 'bb' });
  await expect(rows.read('aa', 'pending')).rejects.toMatchObject({ code: 'storage_failed' });
  await expect(rows.read('bb', 'epoch')).rejects.toMatchObject({ code: 'storage_failed' });
  await expect(rowsOf('traveller_agent_001', kept).read('aa', 'epoch')).rejects.toThrow(/storage_failed/);
  kept.set('aa epoch', { ...row, ciphertext: row.ciphertext.map((byte, i) => (i === 0 ? byte ^ 1 : byte)) });
  await expect(rows.read('aa', 'epoch')).rejects.toMatchObject({ code: 'storage_failed' });
});

test('all rows under a prefix come in their order, however many they are', async () => {
  const kept = new Map<string, GroupRow>();
  const rows = rowsOf('helper_agent_001', kept);
  const parts = Array.from({ length: 300 }, (_, i) => `outbox/${String(i).padStart(10, '0')}`);
  await rows.write(put(...parts, 'epoch'));
  const found: string[] = [];
  for await (const row of rows.all('aa', 'outbox/')) found.push(row.part);
  expect(found).toEqual(parts);
  const back: string[] = [];
  for await (const row of rows.back('aa', 'outbox/', parts[200] ?? '')) back.push(row.part);
  expect(back).toEqual(parts.slice(0, 200).toReversed());
});
