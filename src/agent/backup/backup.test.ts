import { beforeAll, describe, expect, test } from 'vitest';
import type { HostOptions } from '../../host/hosted-agent.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import type { Agent } from '../agent.ts';
import type { ExchangeView, Json } from '../contracts/views.ts';
import { MethodRegistry } from '../messages/methods.ts';
import { type OpenedAgent, TestWorld } from '../testing/world.ts';
import { Archives } from './archives.ts';
import { collectHistory } from './export-history.ts';
import { encryptUnderPassphrase } from './passphrase-file.ts';

const passphrase = 'correct horse battery staple';
const secret = 'Under the floorboards, behind the heirloom clock.';

let world: TestWorld;
let traveller: Agent;
/** What Traveller and Helper exported. Under little work, so that it opens at once. */
let files: { readonly traveller: Bytes; readonly clerkOnly: Bytes; readonly helper: Bytes };

beforeAll(async () => {
  world = await TestWorld.create();
  const methods = new MethodRegistry();
  methods.register('echo', (parameters) => parameters);
  const opened = await world.open('traveller_agent_001', 'https://localhost:5000');
  const helper = await world.open('helper_agent_001', 'https://localhost:5001', { methods });
  await world.open('clerk_agent_001', 'https://localhost:5002', { methods });
  traveller = opened.agent;
  for (const number of [1, 2, 3]) await ask('helper_agent_001', { number, secret });
  await ask('clerk_agent_001', 'Good morning');
  files = {
    traveller: await quickExport('traveller_agent_001', opened),
    clerkOnly: await quickExport('traveller_agent_001', opened, 'clerk_agent_001'),
    helper: await quickExport('helper_agent_001', helper),
  };
});

function ask(peerId: string, parameters: Json, requestId?: string): Promise<ExchangeView> {
  const repeated = requestId === undefined ? {} : { requestId };
  return traveller.send({ peerId, method: 'echo', parameters, ...repeated });
}

/** An export with the least work that a passphrase can be given. */
async function quickExport(agentId: string, { agent, store }: OpenedAgent, peerId?: string): Promise<Bytes> {
  const parts = { agentId, store, history: agent.historyService.history, now: world.clock.now };
  return encryptUnderPassphrase(await collectHistory(parts, peerId), passphrase, 1);
}

let count = 0;
/** Another agent, in a profile of its own: what it keeps, and how to open it, again if need be. */
function newReader(more: Partial<HostOptions> = {}) {
  const number = ++count;
  const agentId = `reader_agent_${number}`;
  const store = createMemoryAgentStore();
  const open = async () => (await world.open(agentId, `https://localhost:${6_000 + number}`, { store, ...more })).agent;
  return { agentId, store, open };
}

const place = ({ sequence }: ExchangeView) => sequence;

describe('an exported history', () => {
  test('opens in another agent as it was, is still there after a restart, and goes when it is deleted', async () => {
    const reader = newReader();
    const first = await reader.open();
    const archive = await first.historyService.archives.import(files.traveller, passphrase);
    expect(archive).toMatchObject({
      agentId: 'traveller_agent_001',
      importedAt: world.clock.now(),
      peers: [
        { peerId: 'clerk_agent_001', exchanges: 1 },
        { peerId: 'helper_agent_001', exchanges: 3 },
      ],
    });
    await first.stop();

    const { archives } = (await reader.open()).historyService;
    expect(await archives.list()).toEqual([archive]);
    const page = await archives.page(archive.archiveId, 'helper_agent_001');
    expect(page).toEqual(await traveller.historyService.history.page('helper_agent_001'));
    expect(page.exchanges).toMatchObject(
      [1, 2, 3].map((number) => ({ parameters: { number, secret }, result: { number, secret }, status: 'success' })),
    );

    await archives.delete(archive.archiveId);
    await archives.delete(archive.archiveId);
    expect(await archives.list()).toEqual([]);
    expect(await archives.page(archive.archiveId, 'helper_agent_001')).toEqual({ exchanges: [] });
  });

  test('opens with all the work that its passphrase deserves', async () => {
    const { archives } = (await newReader().open()).historyService;
    const file = await traveller.historyService.exportHistory(passphrase);
    const { archiveId, peers } = await archives.import(file, passphrase);
    expect(peers.map(({ exchanges }) => exchanges)).toEqual([1, 3]);
    expect((await archives.page(archiveId, 'clerk_agent_001')).exchanges).toMatchObject([{ result: 'Good morning' }]);
  });

  test('is read a piece at a time', async () => {
    const { archives } = (await newReader().open()).historyService;
    const { archiveId } = await archives.import(files.traveller, passphrase);
    const newest = await archives.page(archiveId, 'helper_agent_001', undefined, 2);
    expect(newest.exchanges.map(place)).toEqual([2, 3]);
    expect(newest.olderThan).toBe(2);
    const older = await archives.page(archiveId, 'helper_agent_001', newest.olderThan, 2);
    expect(older.exchanges.map(place)).toEqual([1]);
    expect(older.olderThan).toBeUndefined();
  });

  test('is one archive, however often it is imported', async () => {
    const { archives } = (await newReader().open()).historyService;
    const first = await archives.import(files.traveller, passphrase);
    await world.clock.advance(5_000);
    expect(await archives.import(files.traveller, passphrase)).toEqual(first);
    expect(await archives.list()).toEqual([first]);
    expect((await archives.page(first.archiveId, 'helper_agent_001')).exchanges).toHaveLength(3);
  });

  test('of one peer holds nothing of another', async () => {
    const { archives } = (await newReader().open()).historyService;
    const { peers } = await archives.import(files.clerkOnly, passphrase);
    expect(peers).toEqual([{ peerId: 'clerk_agent_001', exchanges: 1 }]);
  });

  test('is read only: it is no part of the own history, and a request that arrives under an id of it runs', async () => {
    const ran: unknown[] = [];
    const methods = new MethodRegistry();
    methods.register('echo', (parameters) => ran.push(parameters));
    const reader = newReader({ methods });
    const agent = await reader.open();
    const { archives, history, retention } = agent.historyService;
    const before = world.carried.length;
    const { archiveId } = await archives.import(files.helper, passphrase);
    const { exchanges } = await archives.page(archiveId, 'traveller_agent_001');
    const requestId = exchanges[0]?.requestId ?? '';

    expect(world.carried.length).toBe(before);
    expect(agent.snapshot().exchanges).toEqual([]);
    expect(await retention.usages()).toEqual([]);
    expect(await history.find('incoming', 'traveller_agent_001', requestId)).toBeUndefined();

    await ask(reader.agentId, 'new', requestId);
    expect(ran).toEqual(['new']);
    expect(await history.page('traveller_agent_001')).toMatchObject({
      exchanges: [{ direction: 'incoming', parameters: 'new', sequence: 1 }],
    });
    expect((await archives.page(archiveId, 'traveller_agent_001')).exchanges).toEqual(exchanges);
  });

  test('is nowhere in the clear: not in the file, not in the store of who imports it', async () => {
    const reader = newReader();
    const { archiveId } = await (await reader.open()).historyService.archives.import(files.traveller, passphrase);
    const records = await reader.store.archiveRecordsBefore(archiveId, 'helper_agent_001', undefined, 9);
    expect(records).toHaveLength(3);
    const texts = [files.traveller, ...records.map(({ ciphertext }) => ciphertext)].map((bytes) =>
      new TextDecoder('latin1').decode(bytes),
    );
    const words = [...secret.split(/\W+/), 'request_id', 'requestId', 'parameters', 'parley-history'];
    for (const word of words.filter(({ length }) => length > 3)) {
      expect(texts.filter((text) => text.includes(word))).toEqual([]);
    }
  });

  test('does not decrypt at another place, in another archive, or for another agent', async () => {
    const { agentId, store, open } = newReader();
    const agent = await open();
    const { archives, keys } = agent.historyService;
    const archive = await archives.import(files.traveller, passphrase);
    const [third, second] = await store.archiveRecordsBefore(archive.archiveId, 'helper_agent_001', undefined, 2);
    if (second === undefined || third === undefined) throw new Error('no records');
    const other = 'ee'.repeat(16);
    const moved = [
      { ...third, archiveId: other },
      { ...second, archiveId: other, sequence: 4 },
      { ...second, archiveId: other, peerId: 'clerk_agent_001' },
    ];
    await store.addArchive({ ...archive, archiveId: other }, moved);
    const parts = { agentId: 'somebody_else_001', keys, environment: world.environment, store };
    const read = [
      await archives.page(other, 'helper_agent_001'),
      await archives.page(other, 'clerk_agent_001'),
      await new Archives(parts).page(archive.archiveId, 'helper_agent_001'),
    ].flatMap(({ exchanges }) => exchanges);
    expect(read.map(({ error }) => error?.code)).toEqual(Array.from({ length: 6 }, () => 'decryption_failed'));
    expect(JSON.stringify(read)).not.toContain('heirloom');
    const right = await new Archives({ ...parts, agentId }).page(archive.archiveId, 'helper_agent_001');
    expect(right.exchanges.map(({ status }) => status)).toEqual(['success', 'success', 'success']);
  });
});

describe('nothing is exported', () => {
  test('under a passphrase that is too short', async () => {
    await expect(traveller.historyService.exportHistory('eleven 1111')).rejects.toThrow('at least 12 characters');
  });

  test('when nothing is kept', async () => {
    const { historyService } = await newReader().open();
    const nothing = 'invalid_input: There is nothing to export: no message is stored.';
    await expect(historyService.exportHistory(passphrase)).rejects.toThrow(nothing);
    await expect(traveller.historyService.exportHistory(passphrase, 'nobody_here')).rejects.toThrow(nothing);
  });
});

describe('nothing is imported', () => {
  test('with another passphrase, or out of another file', async () => {
    const { archives } = (await newReader().open()).historyService;
    const other = await encryptUnderPassphrase(new Blob(['{"format":"parley-history/2"}']), passphrase, 1);
    const refused: readonly [Bytes, string, string][] = [
      [files.traveller, 'wrong horse battery', 'The passphrase is wrong'],
      [files.traveller.slice(0, -1), passphrase, 'The passphrase is right, but the file is damaged or cut short'],
      [Uint8Array.of(1, 2, 3), passphrase, 'it is not in the age format under a passphrase'],
      [other, passphrase, 'This file holds no history as Parley exports it: line 1'],
    ];
    for (const [wrong, given, why] of refused) {
      await expect(archives.import(wrong, given)).rejects.toMatchObject({ code: 'invalid_input' });
      await expect(archives.import(wrong, given)).rejects.toThrow(why);
    }
    expect(await archives.list()).toEqual([]);
  });

  test('once the agent has stopped, though the import had begun', async () => {
    const { store, open } = newReader();
    const agent = await open();
    const { archives } = agent.historyService;
    const imported = archives.import(files.traveller, passphrase);
    const [outcome] = await Promise.allSettled([imported, agent.stop()]);
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'storage_failed' } });
    expect(await store.loadArchives()).toEqual([]);
  });
});
