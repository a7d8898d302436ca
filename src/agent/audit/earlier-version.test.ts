import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAgentId } from '../../protocol/ids.ts';
import { encodeUtf8 } from '../../protocol/scratch-buffer.ts';
import { openFileAgentStore } from '../../storage/file/agent-store.ts';
import { openAuthorityFile } from '../../storage/file/authority-file.ts';
import { createMemoryControllerStore } from '../../storage/memory/controller-store.ts';
import type { AgentStore } from '../contracts/ports.ts';
import { TestWorld } from '../testing/world.ts';
import { verifyExport } from './verify/verify-export.ts';

/** An agent as 955839a stored it: a trail with a checkpoint, a handshake, a key update and a deletion, and 29 exchanges. */
const stored = new URL('../../storage/file/testing/agent-2/', import.meta.url);
const peer = 'traveller_agent_001';
/** The time when it was stored, and the end of its trail. */
const storedAt = 1_790_000_030_000;
const head = { length: 81, hash: '92d023e0f608c7b013adbdf07d7298de49ad40ce7cea2c4f7330ae89c60c477a' };
/** What stopping it added. */
const end = { length: 82, hash: '28112c9a251e3d82b34f39f5b0e83d33921342d75c2271142fdb5eb16d187630' };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-earlier-'));
  for (const name of ['keys.pem', 'history.pem', 'ca.pem']) {
    await writeFile(join(folder, name), await readFile(new URL(name, stored)), { mode: 0o600 });
  }
  const database = new DatabaseSync(join(folder, 'agent.db'));
  database.exec(await readFile(new URL('agent.sql', stored), 'utf8'));
  database.close();
});
afterEach(() => rm(folder, { recursive: true }));

/** What the Controller has of the stored agent. */
async function recordOf(store: AgentStore) {
  const identity = await store.loadIdentity();
  if (identity?.registration === undefined || !isAgentId(identity.agentId)) throw new TypeError('There is no agent.');
  const { agentId, address, signing, registration } = identity;
  const signingSpki = new Uint8Array(await crypto.subtle.exportKey('spki', signing.publicKey));
  return () => ({ agentId, address, signingSpki, certificates: registration.certificates, issued: [] });
}

test('an agent that an earlier version stored opens with its whole trail and history, goes on, and exports both', async () => {
  const world = await TestWorld.create();
  world.clock.advance(storedAt - world.clock.now());
  const store = await openFileAgentStore(folder);
  try {
    const { keepsKeyAsFile, loadAuthority, keepAuthority } = openAuthorityFile(join(folder, 'ca.pem'));
    const authority = { keepsKeyAsFile, loadAuthority, keepAuthority };
    const controllerStore = { ...createMemoryControllerStore(), ...authority };
    await controllerStore.updateAgent('helper_agent_001', await recordOf(store));
    world.controller = world.newController(controllerStore);
    const { agent } = await world.open('helper_agent_001', 'https://localhost:5001', { store });
    expect(agent.snapshot().phase).toMatchObject({ phase: 'ready' });
    const { entries } = await agent.audit.page(undefined, 500);
    const at = (index: number) => entries.find((entry) => entry.index === index);
    expect(at(head.length - 1)?.hash).toBe(head.hash);
    expect(at(end.length - 1)?.hash).toBe(end.hash);
    expect(await agent.audit.verify()).toMatchObject({
      words: expect.stringMatching(/^All \d+ entries hold\. 22 older entries were deleted/),
    });
    const { exchanges } = await agent.historyService.history.page(peer, undefined, 100);
    expect(exchanges.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 29 }, (_, i) => i + 3));
    expect(exchanges.at(-1)).toMatchObject({ status: 'success', parameters: { said: 'Hello Helper, number 11' } });
    expect((await agent.historyService.search({ text: 'and back' })).total).toBe(1);

    const { agent: scout } = await world.open('scout_agent_001', 'https://localhost:5002');
    await scout.send({ peerId: 'helper_agent_001', method: 'echo', parameters: { said: 'and on' } });
    await agent.send({ peerId: 'scout_agent_001', method: 'echo', parameters: { said: 'and on' } });
    const verdict = await agent.audit.verify();
    expect(verdict.words).toMatch(/^All \d+ entries hold\. 22 older entries were deleted/);
    const text = await agent.audit.export([78, 79]);
    expect(await verifyExport(crypto.subtle, encodeUtf8(text))).toMatchObject({
      holds: true,
      handshakes: 2,
      disclosed: [
        { index: 78, payload: { parameters: { said: 'Hello Helper, number 11' } } },
        { index: 79, payload: { status: 'SUCCESS' } },
      ],
    });
    await agent.stop();
  } finally {
    store.close();
  }
});
