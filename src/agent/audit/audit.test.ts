import { describe, expect, test } from 'vitest';
import { fromHex } from '../../protocol/bytes.ts';
import { encodeUtf8 } from '../../protocol/scratch-buffer.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { canonicalText } from '../../protocol/wire/canonical.ts';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import type { StoredAuditEntry } from '../contracts/audit-store.ts';
import { until } from '../testing/until.ts';
import { generateRsa, TestWorld } from '../testing/world.ts';
import { writeExport } from './export.ts';
import { refusalSpanMs } from './refusal-budget.ts';
import { openExport } from './testing/alter.ts';
import { converse, entriesOf } from './testing/conversation.ts';
import { verifyExport } from './verify/verify-export.ts';

const addresses = { traveller: 'https://localhost:5000', helper: 'https://localhost:5001' };
const hold = (text: string, ca?: Uint8Array<ArrayBuffer>) => verifyExport(crypto.subtle, encodeUtf8(text), ca);

async function postTo(world: TestWorld, address: string, path: string, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const request = new Request(`${address}/agent/${path}`, { method: 'POST', headers, body });
  return (await world.network.send(request)).status;
}

describe('the trail of a conversation', () => {
  test('has what happened, in its order, at both sides', async () => {
    const { traveller, helper } = await converse();
    const words = (await entriesOf(traveller)).map((entry) => entry.words.replaceAll(/[0-9a-f]{8,}…?/g, '#'));
    expect(words).toEqual([
      'The trail of traveller_agent_001 began.',
      'The certificate of the Controller was first seen: #',
      'The signing certificate of traveller_agent_001 was first seen: #',
      'The encryption certificate of traveller_agent_001 was first seen: #',
      'The signing certificate of helper_agent_001 was first seen: #',
      'The encryption certificate of helper_agent_001 was first seen: #',
      'Shook hands with helper_agent_001: session #.',
      'Sent helper_agent_001 a request (session #, epoch 0, number 0).',
      'helper_agent_001 sent an answer (session #, epoch 0, number 0).',
      'helper_agent_001 sent a request (session #, epoch 0, number 1).',
      'Sent helper_agent_001 an answer (session #, epoch 0, number 1).',
      'Sent helper_agent_001 a key update (session #, epoch 0, number 2).',
      'helper_agent_001 sent an answer (session #, epoch 0, number 2).',
      'Epoch 1 of session # began, by this agent.',
      'Sent helper_agent_001 a request (session #, epoch 1, number 0).',
      'helper_agent_001 sent an answer (session #, epoch 1, number 0).',
      'Sent helper_agent_001 the end of the session (session #, epoch 1, number 1).',
      'helper_agent_001 sent an answer (session #, epoch 1, number 1).',
      'Session # with helper_agent_001 was closed.',
    ]);
    expect(await traveller.audit.verify()).toEqual({ entries: 19, words: 'All 19 entries hold.' });
    expect(await helper.audit.verify()).toMatchObject({ entries: 19, words: 'All 19 entries hold.' });
    const [mine, theirs] = [await entriesOf(traveller), await entriesOf(helper)];
    const digests = (entries: typeof mine) => entries.flatMap(({ text }) => /"digest": ".*"/.exec(text) ?? []);
    const messages = (entries: typeof mine) => digests(entries.filter(({ kind }) => kind === 'message')).sort();
    expect(messages(mine)).toEqual(messages(theirs));
  });

  test('goes on after a restart, also with a resumption', async () => {
    const world = await TestWorld.create();
    const store = createMemoryAgentStore();
    const first = await world.open('traveller_agent_001', addresses.traveller, { store });
    const helper = await world.open('helper_agent_001', addresses.helper);
    await first.agent.send({ peerId: 'helper_agent_001', method: 'echo', parameters: 1 });
    const { head } = await first.agent.audit.page();
    await until(async () => ((await store.loadResumptions()).length > 0 ? true : undefined));
    await first.agent.stop();
    const { agent } = await world.open('traveller_agent_001', addresses.traveller, { store });
    await agent.send({ peerId: 'helper_agent_001', method: 'echo', parameters: 2 });
    const after = (await entriesOf(agent)).slice(head.length);
    expect(after[0]?.text).toContain(`"prev": "${head.hash}"`);
    expect(after.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['resumption', 'message']));
    expect(await agent.audit.verify()).not.toHaveProperty('brokenAt');
    expect(await helper.agent.audit.verify()).not.toHaveProperty('brokenAt');
    expect(await hold(await agent.audit.export([]))).toMatchObject({ holds: true, handshakes: 1, resumptions: 1 });
  });

  test('has no certificate that somebody only showed', async () => {
    const { world, traveller, helper } = await converse();
    const store = createMemoryAgentStore();
    await world.open('scout_agent_001', 'https://localhost:5002', { store });
    const shown = (await store.loadIdentity())?.registration?.certificates;
    if (shown === undefined) throw new TypeError('The agent has no certificates.');
    await helper.send({ peerId: 'traveller_agent_001', method: 'echo', parameters: 1 });
    const before = await entriesOf(traveller);
    const genuine = world.carried.findLast(({ request }) => request.includes('CLIENT_HELLO'))?.request ?? '';
    const body = JSON.stringify({
      ...JSON.parse(genuine),
      session_id: 'ab'.repeat(16),
      nonce: encodeBase64(crypto.getRandomValues(new Uint8Array(32))),
      sender_id: 'scout_agent_001',
      my_certificate: { signing: encodeBase64(shown.signing), encryption: encodeBase64(shown.encryption) },
    });
    expect(await postTo(world, addresses.traveller, 'handshake', body)).toBe(401);
    const after = (await entriesOf(traveller)).slice(before.length);
    expect(after.map(({ kind }) => kind)).toEqual(['refusal']);
    expect(after[0]?.text).toContain('"signature_invalid"');
  });

  test('shows what was changed in the store', async () => {
    const world = await TestWorld.create();
    const kept = createMemoryAgentStore();
    const alter: { with: (entry: StoredAuditEntry) => readonly StoredAuditEntry[] } = { with: (entry) => [entry] };
    const store = {
      ...kept,
      auditEntries: async (from: number, count: number) =>
        (await kept.auditEntries(from, count)).flatMap((entry) => alter.with(entry)),
    };
    const { agent } = await world.open('traveller_agent_001', addresses.traveller, { store });
    await world.open('helper_agent_001', addresses.helper);
    await agent.send({ peerId: 'helper_agent_001', method: 'echo', parameters: 1 });
    expect(await agent.audit.verify()).not.toHaveProperty('brokenAt');
    alter.with = (entry) =>
      entry.index === 7 ? [{ ...entry, text: entry.text.replace('"sequence":0', '"sequence":1') }] : [entry];
    expect(await agent.audit.verify()).toMatchObject({ brokenAt: 7 });
    alter.with = (entry) => (entry.index === 4 ? [] : [entry]);
    expect(await agent.audit.verify()).toMatchObject({ brokenAt: 4 });
    alter.with = (entry) => (entry.index === 3 ? [{ ...entry, text: 'no entry' }] : [entry]);
    expect(await agent.audit.verify()).toMatchObject({ brokenAt: 3 });
    expect((await agent.audit.page()).entries.find(({ index }) => index === 3)?.kind).toBe('unreadable');
    expect(await hold(await agent.audit.export([]).catch(() => ''))).toMatchObject({ holds: false });
  });
});

describe('what went wrong', () => {
  test('is in the trail, with what was claimed', async () => {
    const { world, helper } = await converse();
    const before = (await entriesOf(helper)).length;
    const hello = world.carried.find(({ request }) => request.includes('CLIENT_HELLO'))?.request ?? '';
    expect(await postTo(world, addresses.helper, 'handshake', hello)).toBe(409);
    expect(await postTo(world, addresses.helper, 'message', '{"no": "message"}')).toBe(400);
    const refusals = (await entriesOf(helper)).slice(before);
    expect(refusals.map(({ words }) => words)).toEqual([
      'A handshake in the name of traveller_agent_001 was refused: replayed_nonce.',
      'A message was refused: malformed_message.',
    ]);
    expect(refusals[0]?.text).toContain('"recipient",');
    expect(await helper.audit.verify()).not.toHaveProperty('brokenAt');
  });

  test('does not fill the disk, however often it happens', async () => {
    const { world, helper } = await converse();
    const before = (await entriesOf(helper)).length;
    for (let i = 0; i < 100; i++) await postTo(world, addresses.helper, 'message', '{}');
    expect((await entriesOf(helper)).length - before).toBe(30);
    world.clock.advance(refusalSpanMs);
    const [last] = (await helper.audit.page()).entries;
    expect(last?.words).toBe('70 more refusals were counted and not stored.');
  });

  test('is counted also when the agent stops before the time of that is over', async () => {
    const world = await TestWorld.create();
    const store = createMemoryAgentStore();
    const { agent } = await world.open('other_agent_001', 'https://localhost:5002', { store });
    for (let i = 0; i < 100; i++) await postTo(world, 'https://localhost:5002', 'message', '{}');
    const { head } = await agent.audit.page();
    await agent.stop();
    const [last] = await store.auditEntries(head.length, 1);
    expect(last?.text).toContain('"count":70,');
  });

  test('a hello in the name of a handshake that is under way does not spoil its evidence', async () => {
    const world = await TestWorld.create();
    const { traveller, helper } = await world.pair();
    let isForged = false;
    world.tamper = async (request, next) => {
      const body = await request.clone().text();
      const answer = await next(request);
      if (body.includes('CLIENT_HELLO') && !isForged) {
        isForged = true;
        await postTo(world, addresses.helper, 'handshake', body.replace('"timestamp":17', '"timestamp":18'));
      }
      return answer;
    };
    await traveller.connect('helper_agent_001');
    expect((await entriesOf(helper)).map(({ kind }) => kind)).toContain('handshake');
    expect((await entriesOf(helper)).map(({ kind }) => kind)).toContain('refusal');
    expect(await helper.audit.verify()).not.toHaveProperty('brokenAt');
  });

  test('a handshake that failed, a mark, a deletion, and a revocation are there too', async () => {
    const { world, traveller } = await converse();
    const before = (await entriesOf(traveller)).length;
    const { keyFingerprint } = await traveller.safetyNumber('helper_agent_001');
    await traveller.markVerified('helper_agent_001', keyFingerprint);
    await traveller.historyService.deleteHistory('helper_agent_001');
    world.tamper = async (request, next) =>
      request.url.includes('/agent/') ? Response.json({ code: 'rate_limited' }, { status: 429 }) : next(request);
    await expect(traveller.connect('helper_agent_001')).rejects.toThrow();
    world.tamper = (request, next) => next(request);
    await traveller.connect('helper_agent_001');
    await world.revoke('helper_agent_001');
    await traveller.checkRevocations();
    const kinds = (await entriesOf(traveller)).slice(before).map(({ kind }) => kind);
    expect(kinds).toEqual(
      expect.arrayContaining([
        'verification',
        'deletion',
        'handshake_failed',
        'handshake',
        'revocation',
        'session_ended',
      ]),
    );
    expect(await traveller.audit.verify()).not.toHaveProperty('brokenAt');
  });
});

describe('a deletion', () => {
  test('of what was sent to somebody who is no agent leaves the trail whole', async () => {
    const { traveller } = await converse();
    const peerId = `Not an agent ${'😀'.repeat(400)}`;
    await expect(traveller.send({ peerId, method: 'echo', parameters: 1 })).rejects.toThrow();
    expect(await traveller.historyService.deleteHistory(peerId)).toBe(1);
    const [last] = (await entriesOf(traveller)).slice(-1);
    expect(last).toMatchObject({ kind: 'deletion', words: expect.stringContaining('Not an agent') });
    expect(await traveller.audit.verify()).not.toHaveProperty('brokenAt');
  });

  test('of nothing is not in the trail', async () => {
    const { traveller } = await converse();
    const before = await entriesOf(traveller);
    expect(await traveller.historyService.deleteHistory('nobody_here_001')).toBe(0);
    expect(await traveller.historyService.deleteHistory('helper_agent_001', [98, 99])).toBe(0);
    expect(await entriesOf(traveller)).toEqual(before);
    expect(await traveller.historyService.deleteHistory('helper_agent_001', [99, 1])).toBe(1);
    expect(await entriesOf(traveller)).toHaveLength(before.length + 1);
  });
});

describe('an export', () => {
  test('discloses what it is told to, as long as it is kept', async () => {
    const { traveller } = await converse();
    const entries = await entriesOf(traveller);
    const request = entries.find(({ words }) => words.startsWith('Sent helper_agent_001 a request'))?.index ?? -1;
    const verdict = await hold(await traveller.audit.export([request]));
    expect(verdict).toMatchObject({ holds: true, isPinned: false });
    expect(verdict.disclosed).toMatchObject([
      { index: request, sender: 'traveller_agent_001', payload: { parameters: { said: 'the first secret' } } },
    ]);
    const text = await traveller.audit.export([]);
    for (const secret of ['the first secret', 'the second secret', 'the third secret', 'echo', 'req_']) {
      expect(text).not.toContain(secret);
    }
    await expect(traveller.audit.export([6])).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(traveller.audit.export([999])).rejects.toMatchObject({ code: 'invalid_input' });
    await traveller.historyService.deleteHistory('helper_agent_001');
    await expect(traveller.audit.export([request])).rejects.toMatchObject({ code: 'invalid_input' });
    expect((await entriesOf(traveller)).some(({ canDisclose }) => canDisclose)).toBe(false);
  });

  test('that nobody would read for its length is not made, and says so', async () => {
    const { world, traveller } = await converse();
    const text = await traveller.audit.export([]);
    const file = openExport(text);
    const certificate = new Uint8Array(32);
    const { privateKey } = await generateRsa('signing', 2_048);
    const exporter = {
      agentId: 'traveller_agent_001',
      caCertificate: certificate,
      certificates: { signing: certificate, encryption: certificate },
      signingKey: privateKey,
    };
    const entries = async function* () {
      for (const [index, { entry, hash }] of file.entries.entries())
        yield { index, text: canonicalText(entry), hash: fromHex(hash) };
    };
    const head = { length: file.entries.length, hash: new Uint8Array(32) };
    const write = (most: number) =>
      writeExport(world.environment, exporter, { head, entries: entries(), disclosures: [] }, most);
    expect(await write(text.length + 65_536)).toContain('"entries"');
    await expect(write(text.length)).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('is from the Controller that is given, or does not hold', async () => {
    const { traveller } = await converse();
    const text = await traveller.audit.export([]);
    const base64 = /"ca_certificate":"(.*)"/.exec(text)?.[1] ?? '';
    const ca = new Uint8Array(Buffer.from(base64, 'base64'));
    expect(await hold(text, ca)).toMatchObject({ holds: true, isPinned: true });
    const { traveller: stranger } = await converse();
    expect(await hold(await stranger.audit.export([]), ca)).toMatchObject({ holds: false, isPinned: false });
  });
});
