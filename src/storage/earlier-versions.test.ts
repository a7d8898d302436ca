import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Agent } from '../agent/agent.ts';
import { verifyExport } from '../agent/audit/verify/verify-export.ts';
import { TestWorld } from '../agent/testing/world.ts';
import { encodeUtf8 } from '../protocol/scratch-buffer.ts';
import { type FileAgentStore, openFileAgentStore } from './file/agent-store.ts';
import { openAuthorityFile } from './file/authority-file.ts';
import { openSqliteControllerStore, type SqliteControllerStore } from './sqlite/controller-store.ts';
import { goldenFacts, goldenFile, unpackGolden } from './testing/golden.ts';

/**
 * The commits whose data is checked in, and the versions that they wrote: 1 of the agents' database before there was a history,
 * 2 with the place inside of each exchange, 3 with the requests that ran, 4 with packed audit entries; 1 and 2 of the Controller's.
 */
const versions = [
  { commit: '03fc21c', agents: 1, controller: 1 },
  { commit: '0796c7d', agents: 2, controller: 1 },
  { commit: '85e23e1', agents: 3, controller: 2 },
  { commit: '750e1b7', agents: 4, controller: 2 },
] as const;
const withHistory = versions.filter(({ agents }) => agents > 1);
const [travellerId, helperId] = ['traveller_agent_001', 'helper_agent_001'];
const passphrase = 'correct horse battery staple';
const echo = { method: 'echo', parameters: { said: 'and on' } } as const;

let folder = '';
const open: (FileAgentStore | SqliteControllerStore)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-golden-'));
});
afterEach(async () => {
  for (const store of open.splice(0)) store.close();
  await rm(folder, { recursive: true });
});

/** Both agents and their Controller as a commit stored them, opened by this version, a minute later. */
async function reopen(commit: string): Promise<{ readonly traveller: Agent; readonly helper: Agent }> {
  const { at, history } = await goldenFacts(commit);
  await unpackGolden(commit, folder, history !== undefined);
  const world = await TestWorld.create();
  world.clock.advance(at + 60_000 - world.clock.now());
  const server = join(folder, 'server');
  const authority = openAuthorityFile(join(server, 'ca.pem'));
  const controller = await openSqliteControllerStore(join(server, 'controller.db'), authority);
  open.push(controller);
  world.controller = world.newController(controller);
  const start = async (name: string, agentId: string) => {
    const store = await openFileAgentStore(join(folder, name));
    open.push(store);
    const address = (await store.loadIdentity())?.address ?? '';
    const { agent } = await world.open(agentId, address, { store });
    expect(agent.snapshot().phase).toMatchObject({ phase: 'ready' });
    return agent;
  };
  return { traveller: await start('traveller', travellerId), helper: await start('helper', helperId) };
}

describe('data of an earlier version', () => {
  test.each(versions)(
    'agents and Controller of $commit open with their keys and marks, and talk',
    async ({ commit }) => {
      const { traveller, helper } = await reopen(commit);
      const { digits } = await goldenFacts(commit);
      for (const [agent, peerId] of [
        [traveller, helperId],
        [helper, travellerId],
      ] as const) {
        expect(await agent.safetyNumber(peerId)).toMatchObject({ digits, verification: 'verified' });
        expect(await agent.send({ peerId, ...echo })).toMatchObject({ status: 'success', result: { said: 'and on' } });
      }
      expect((await traveller.peers()).map(({ agentId }) => agentId)).toEqual([helperId]);
      await Promise.all([traveller.stop(), helper.stop()]);
    },
  );

  test.each(withHistory)('conversations, limits and archives of $commit are all there', async ({ commit }) => {
    const { traveller, helper } = await reopen(commit);
    const { history } = await goldenFacts(commit);
    const pageOf = async (agent: Agent, peerId: string) => (await agent.historyService.history.page(peerId)).exchanges;
    expect(await pageOf(traveller, helperId)).toEqual(history?.traveller);
    expect(await pageOf(helper, travellerId)).toEqual(history?.helper);
    expect(await pageOf(helper, 'nobody_agent_001')).toEqual(history?.nobody);
    const kept = await helper.historyService.retention.usages();
    expect(kept.find(({ peerId }) => peerId === travellerId)?.retention).toEqual({ keep: 'days', days: 3_000 });
    expect((await traveller.historyService.search({ text: 'number 3' })).total).toBe(1);
    const [archive] = await helper.historyService.archives.list();
    const { exchanges } = await helper.historyService.archives.page(archive?.archiveId ?? '', helperId);
    const exported = history?.traveller.map(({ peerKey: _, ...exchange }) => exchange);
    expect(exchanges).toEqual(exported);
    await traveller.send({ peerId: helperId, ...echo });
    expect((await pageOf(traveller, helperId)).at(-1)).toMatchObject({ sequence: 6, status: 'success' });
    await Promise.all([traveller.stop(), helper.stop()]);
  });

  test.each(withHistory)(
    'the audit trail of $commit holds, goes on, and discloses what was said',
    async ({ commit }) => {
      const { traveller, helper } = await reopen(commit);
      const { heads, disclosed } = await goldenFacts(commit);
      for (const [agent, head] of [
        [traveller, heads?.traveller],
        [helper, heads?.helper],
      ] as const) {
        const { entries } = await agent.audit.page(undefined, 500);
        expect(entries.find(({ index }) => index + 1 === head?.length)?.hash).toBe(head?.hash);
      }
      await traveller.send({ peerId: helperId, ...echo });
      expect((await traveller.audit.verify()).words).toMatch(/^All \d+ entries hold\.$/);
      const text = await traveller.audit.export(disclosed);
      const verdict = await verifyExport(crypto.subtle, encodeUtf8(text));
      expect(verdict).toMatchObject({ holds: true, handshakes: 2 });
      expect(verdict.disclosed.map(({ index }) => index)).toEqual(disclosed);
      await Promise.all([traveller.stop(), helper.stop()]);
    },
  );

  test.each(withHistory)('the backup and the audit export that $commit wrote are read', async ({ commit }) => {
    const { helper } = await reopen(commit);
    const { history, disclosed } = await goldenFacts(commit);
    const { archiveId, agentId } = await helper.historyService.archives.import(
      await goldenFile(commit, 'history.age'),
      passphrase,
    );
    expect(agentId).toBe(travellerId);
    const { exchanges } = await helper.historyService.archives.page(archiveId, helperId);
    expect(exchanges.map(({ requestId }) => requestId)).toEqual(history?.traveller.map(({ requestId }) => requestId));
    const verdict = await verifyExport(crypto.subtle, await goldenFile(commit, 'audit.json.gz'));
    expect(verdict).toMatchObject({ holds: true, agentId: travellerId, handshakes: 1 });
    expect(verdict.disclosed.map(({ index }) => index)).toEqual(disclosed);
    await helper.stop();
  });
});
