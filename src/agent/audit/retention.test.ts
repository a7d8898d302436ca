import { expect, test } from 'vitest';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import type { Agent } from '../agent.ts';
import { until } from '../testing/until.ts';
import { generateRsa, TestWorld } from '../testing/world.ts';
import { chainEntry, emptyHead } from './entry/chain.ts';
import { checkpointIndex, readCheckpoint } from './entry/checkpoint.ts';
import { AuditRetention } from './retention.ts';
import { closeExport, type OpenExport, object, openExport, withCheckpoint } from './testing/alter.ts';
import { most, talkedMuch } from './testing/conversation.ts';
import { Turns } from './turns.ts';
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

test('what began a session that says nothing meanwhile stays, also when it is only to be resumed', async () => {
  const world = await TestWorld.create();
  const { agent: helper, store } = await world.open('helper_agent_001', 'https://localhost:5001', {
    auditLimits: { most: 40_000 },
  });
  const kept = createMemoryAgentStore();
  const openScout = () => world.open('scout_agent_001', 'https://localhost:5002', { store: kept });
  const ask = (agent: Agent) => agent.send({ peerId: 'helper_agent_001', method: 'echo', parameters: null });
  const { agent: traveller } = await world.open('traveller_agent_001', 'https://localhost:5000');
  /** Asks until entries up to an index are gone. */
  const fill = async (upTo: number) => {
    for (let asked = 0; asked < 200; asked++) {
      await ask(traveller);
      const checkpoint = readCheckpoint((await store.auditEntries(checkpointIndex, 1))[0]);
      if (checkpoint !== undefined && checkpoint.length > upTo) return;
    }
    throw new TypeError('Nothing was deleted.');
  };
  const { agent: scout } = await openScout();
  await scout.connect('helper_agent_001');
  await fill((await helper.audit.page(undefined, 1)).head.length);
  await ask(scout);
  expect((await helper.audit.verify()).words).toMatch(/^All \d+ entries hold\. \d+ older/);
  await until(async () => ((await kept.loadResumptions()).length > 0 ? true : undefined));
  await scout.stop();
  await fill((await helper.audit.page(undefined, 1)).head.length);
  const { agent: again } = await openScout();
  await ask(again);
  const { entries } = await helper.audit.page(undefined, 10);
  expect(entries.map(({ kind }) => kind)).toContain('resumption');
  expect((await helper.audit.verify()).words).toMatch(/^All \d+ entries hold\. \d+ older/);
});

test('a trail that cannot get shorter than it may be is looked at only when it has grown by a quarter of that', async () => {
  const store = createMemoryAgentStore();
  const { subtle } = crypto;
  const turns = new Turns();
  const most = 4_000;
  let written = 0;
  const deletions: number[] = [];
  const { privateKey: signingKey } = await generateRsa('signing', 2_048);
  const retention = new AuditRetention({
    agentId: 'helper_agent_001',
    store: {
      ...store,
      deleteAuditEntries: (deletion) => {
        deletions.push(written);
        return store.deleteAuditEntries(deletion);
      },
    },
    environment: { subtle, now: () => 1 },
    signingKey,
    turns,
    most,
    usable: () => new Set(['lasting']),
  });
  const began = { kind: 'handshake', session_id: 'lasting', said: 'x'.repeat(2 * most) };
  let head = emptyHead;
  for (let index = 0; index < 80; index++) {
    const entry = await chainEntry(subtle, head, index === 0 ? began : { kind: 'refusal', said: 'x'.repeat(100) });
    await store.commit({ exchanges: [], audit: [entry] });
    head = { length: index + 1, hash: entry.hash };
    written += entry.text.length;
    retention.wrote([entry]);
    await turns.take(async () => undefined);
  }
  const between = deletions.slice(1).map((at, i) => at - (deletions[i] ?? 0));
  expect(between.length).toBeGreaterThan(3);
  expect(Math.min(...between)).toBeGreaterThan(most / 4);
  const left = await store.auditEntries(0, 99);
  expect(left[0]?.index).toBe(0);
  expect(left.length).toBeLessThan(40);
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
  const world = await TestWorld.create();
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
