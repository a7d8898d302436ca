import { expect, test } from 'vitest';
import { until } from '../testing/until.ts';
import { World } from '../testing/world.ts';
import { checkpointIndex, readCheckpoint } from './checkpoint.ts';
import { closeExport, type OpenExport, object, openExport, withCheckpoint } from './testing/alter.ts';
import { most, talkedMuch } from './testing/conversation.ts';
import { verifyExport } from './verify/verify-export.ts';

const verify = (text: string) => verifyExport(crypto.subtle, new TextEncoder().encode(text));

test('a trail that is too long loses its oldest entries, and all that is left is proven, on the device and in an export', async () => {
  const { helper } = await talkedMuch();
  const verdict = await helper.agent.audit.verify();
  expect(verdict).not.toHaveProperty('brokenAt');
  expect(verdict.words).toMatch(/^All \d+ entries hold\. \d+ older entries were deleted/);
  const text = await helper.agent.audit.export([]);
  expect(text.length).toBeLessThan(2 * most);
  const checked = await verify(text);
  expect(checked).toMatchObject({ holds: true });
  expect(checked.unproven).toBe(undefined);
  const file = openExport(text);
  expect(file.top.format).toBe('parley-audit/2');
  const { length, kept } = object(file.top.checkpoint);
  const indexes = file.entries.map(({ entry }) => Number(entry.index));
  expect(indexes.filter((index) => index < Number(length))).toHaveLength(Array.isArray(kept) ? kept.length : -1);
  const { head, entries } = await helper.agent.audit.page(undefined, 500);
  expect(head.deleted).toBe(head.length - file.entries.length);
  expect(entries.map(({ index }) => index)).toEqual(indexes.toReversed());
});

test('what is left can be disclosed, read in pieces, and goes on after a restart', async () => {
  const { world, helper, traveller } = await talkedMuch();
  const pieces: number[] = [];
  for (let before: number | undefined; ; before = pieces.at(-1)) {
    const { entries } = await helper.agent.audit.page(before, 7);
    pieces.push(...entries.map(({ index }) => index));
    if (pieces.at(-1) === 0) break;
  }
  expect(pieces).toEqual(pieces.toSorted((a, b) => b - a));
  const { entries } = await helper.agent.audit.page(undefined, 50);
  const message = entries.find(({ canDisclose }) => canDisclose === true)?.index ?? -1;
  expect((await verify(await helper.agent.audit.export([message]))).disclosed).toHaveLength(1);
  await helper.agent.stop();
  const { store } = helper;
  const again = await world.open('helper_agent_001', 'https://localhost:5001', { store, auditLimits: { most } });
  await traveller.send({ peerId: 'helper_agent_001', method: 'echo', parameters: null });
  expect(await again.agent.audit.verify()).not.toHaveProperty('brokenAt');
  expect(await verify(await again.agent.audit.export([]))).toMatchObject({ holds: true });
});

test.each<[string, (file: OpenExport) => OpenExport]>([
  ['another length', (file) => withCheckpoint(file, { length: 1 })],
  ['another time', (file) => withCheckpoint(file, { at: 1 })],
  ['another hash', (file) => withCheckpoint(file, { hash: '11'.repeat(32) })],
  ['no kept entries', (file) => withCheckpoint(file, { kept: [] })],
  ['another agent', (file) => withCheckpoint(file, { agent_id: 'mallory_agent_001' })],
  ['an entry that did not hold', (file) => withCheckpoint(file, { broken_at: 3 })],
  ['a kept entry left out', (file) => ({ ...file, entries: file.entries.toSpliced(1, 1) })],
  ['no checkpoint', ({ top: { checkpoint: _, ...top }, ...file }) => ({ ...file, top })],
])('an export with a checkpoint that was altered does not hold: %s', async (_, alter) => {
  const file = openExport(await exported());
  expect(await verify(closeExport(file))).toMatchObject({ holds: true });
  expect(await verify(closeExport(alter(file)))).toMatchObject({ holds: false });
});

test('what was altered before it was deleted is said', async () => {
  const world = await World.create();
  const helper = await world.open('helper_agent_001', 'https://localhost:5001');
  const { agent: traveller } = await world.open('traveller_agent_001', 'https://localhost:5000');
  const ask = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () =>
        traveller.send({ peerId: 'helper_agent_001', method: 'echo', parameters: null }),
      ),
    );
  await ask(20);
  await helper.agent.stop();
  const { store } = helper;
  const { auditEntries } = store;
  const altered: typeof store = {
    ...store,
    auditEntries: async (from, count) =>
      (await auditEntries(from, count)).map((entry) =>
        entry.index === 12 ? { ...entry, text: entry.text.replace(/"at":\d/, '"at":9') } : entry,
      ),
  };
  const options = { store: altered, auditLimits: { most: 40_000 } };
  const again = await world.open('helper_agent_001', 'https://localhost:5001', options);
  await ask(20);
  await until(async () => readCheckpoint((await store.auditEntries(checkpointIndex, 1))[0]));
  expect(await again.agent.audit.verify()).toMatchObject({
    brokenAt: 12,
    words: 'Entry 12 did not hold when it was deleted.',
  });
});

let made: Promise<string> | undefined;
/** One export with a checkpoint, for all who alter it. */
function exported(): Promise<string> {
  made ??= talkedMuch().then(({ helper }) => helper.agent.audit.export([]));
  return made;
}
