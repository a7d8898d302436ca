import * as v from 'valibot';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { limits } from '../../../protocol/limits.ts';
import type { JsonObject, JsonValue } from '../../../protocol/wire/json.ts';
import type { AgentStore } from '../../contracts/ports.ts';
import { TestWorld } from '../../testing/world.ts';
import { auditEntry } from '../entry/entries.ts';
import { object, openExport } from '../testing/alter.ts';
import { converse, resumedTraveller } from '../testing/conversation.ts';
import { AcceptedPairs } from './accepted-pairs.ts';
import { Evidence } from './evidence.ts';
import { checkHandshake } from './handshake-evidence.ts';
import { checkResumption } from './resumption-evidence.ts';

type Entries = readonly JsonObject[];
let own: Entries;
let foreign: Entries;
let resumed: Entries;

beforeAll(async () => {
  const entriesOf = async (text: Promise<string>) => openExport(await text).entries.map(({ entry }) => entry);
  own = await entriesOf((await converse()).traveller.audit.export([]));
  foreign = await entriesOf((await converse()).traveller.audit.export([]));
  resumed = await entriesOf((await resumedTraveller()).agent.audit.export([]));
});

/** The first fault of a trail of which some members of one entry were replaced. */
async function fault(entries: Entries, at: number, members: Readonly<Record<string, JsonValue>>) {
  const evidence = new Evidence(crypto.subtle);
  for (const [i, entry] of entries.entries()) {
    const words = await evidence.next(i === at ? { ...entry, ...members } : entry);
    if (words !== undefined) return `${i}: ${words}`;
  }
  return undefined;
}

/** The entries of a trail as they are checked. */
const entriesIn = (trail: Entries) =>
  trail.flatMap((json) => {
    const read = v.safeParse(auditEntry, json);
    return read.success ? [read.output] : [];
  });

const certificateOf = (entries: Entries, use: string, agent: string) =>
  entries.findIndex((entry) => entry.kind === 'certificate' && entry.use === use && entry.agent_id === agent);
const partsOf = (entries: Entries, at: number) => {
  const { der = null, fingerprint = null } = entries[at] ?? {};
  return { der, fingerprint };
};

describe('a certificate in a trail', () => {
  test('holds as it is', async () => {
    expect(await fault(own, -1, {})).toBe(undefined);
    expect(await fault(resumed, -1, {})).toBe(undefined);
  });

  test.each(['signing', 'encryption'])('for %s is from the authority of the trail', async (use) => {
    const at = certificateOf(own, use, 'helper_agent_001');
    const other = partsOf(foreign, certificateOf(foreign, use, 'helper_agent_001'));
    const words = 'The certificate is not from this authority, or not for this use.';
    expect(await fault(own, at, other)).toBe(`${at}: ${words}`);
  });

  test('is for its use, and that of its agent', async () => {
    const at = certificateOf(own, 'signing', 'helper_agent_001');
    const encryption = partsOf(own, certificateOf(own, 'encryption', 'helper_agent_001'));
    const words = 'The certificate is not from this authority, or not for this use.';
    expect(await fault(own, at, encryption)).toBe(`${at}: ${words}`);
    const another = partsOf(own, certificateOf(own, 'signing', 'traveller_agent_001'));
    expect(await fault(own, at, another)).toBe(`${at}: The certificate belongs to another agent.`);
  });

  test('was valid when it was seen, by a clock that may be 300 s off', async () => {
    const at = certificateOf(own, 'signing', 'helper_agent_001');
    const seen = Number(own[at]?.at);
    const slack = limits.freshness * 1_000;
    // A certificate is dated back by 300 s: it begins that long before it was issued.
    expect(await fault(own, at, { at: seen - 2 * slack })).toBe(undefined);
    const words = `${at}: The certificate was not valid at the time.`;
    expect(await fault(own, at, { at: seen - 2 * slack - 2_000 })).toBe(words);
    expect(await fault(own, at, { at: seen + 31 * 86_400_000 })).toBe(words);
  });
});

test('a resumption holds only while the certificates of the session before it are valid', async () => {
  const entries = entriesIn(resumed);
  const handshake = entries.find((entry) => entry.kind === 'handshake');
  const resumption = entries.find((entry) => entry.kind === 'resumption');
  const evidence = new Evidence(crypto.subtle);
  for (const json of resumed.slice(0, 3)) await evidence.next(json);
  const { authority, agentId } = evidence;
  if (handshake === undefined || resumption === undefined || authority === undefined || agentId === undefined) {
    throw new TypeError('There is no resumption in the trail.');
  }
  const { subtle } = crypto;
  const { session: old, signed } = await checkHandshake(subtle, authority.pairs, agentId, handshake);
  await signed;
  const time = Number(resumption.resume_hello.timestamp);
  const check = (notBefore: number, notAfter: number) =>
    checkResumption(subtle, agentId, { ...old, validity: { notBefore, notAfter } }, resumption);
  expect((await check(0, time - limits.freshness)).session).toMatchObject({ peerId: 'helper_agent_001' });
  await expect(check(0, time - limits.freshness - 1)).rejects.toThrow('were not valid at the time');
  await expect(check(time + limits.freshness + 1, 9e9)).rejects.toThrow('were not valid at the time');
});

test('a pair of certificates is read and verified once for all handshakes of a trail', async () => {
  const [handshake] = entriesIn(own).filter((entry) => entry.kind === 'handshake');
  const evidence = new Evidence(crypto.subtle);
  for (const json of own.slice(0, 3)) await evidence.next(json);
  const { authority, agentId } = evidence;
  if (handshake === undefined || authority === undefined || agentId === undefined) {
    throw new TypeError('There is no handshake in the trail.');
  }
  const verify = vi.spyOn(crypto.subtle, 'verify');
  const ofCertificates = () =>
    verify.mock.calls.filter(([algorithm]) => typeof algorithm === 'object' && algorithm.name === 'ECDSA').length;
  try {
    for (let times = 0; times < 3; times++) {
      await (await checkHandshake(crypto.subtle, authority.pairs, agentId, handshake)).signed;
    }
    expect(ofCertificates()).toBe(4);
    expect(verify.mock.calls).toHaveLength(4 + 3 * 3);
    const [certificate = {}] = own.filter(({ use }) => use === 'signing');
    for (let times = 0; times < 3; times++) expect(await evidence.next(certificate)).toBe(undefined);
    expect(ofCertificates()).toBe(4);
  } finally {
    verify.mockRestore();
  }
});

test('a handshake holds while its certificates are valid, by clocks that may be 300 s apart', async () => {
  const [handshake] = entriesIn(own).filter((entry) => entry.kind === 'handshake');
  const evidence = new Evidence(crypto.subtle);
  for (const json of own.slice(0, 3)) await evidence.next(json);
  const { authority, agentId } = evidence;
  if (handshake === undefined || authority === undefined || agentId === undefined) {
    throw new TypeError('There is no handshake in the trail.');
  }
  const end = authority.certificate.notAfter.getTime();
  const hello = Number(handshake.client_hello.timestamp) * 1_000;
  // Only the authority’s end is moved: what it has signed stays as it is.
  const endingAt = (ms: number) =>
    new Proxy(authority.certificate, {
      get: (ca, name) => {
        const value: unknown = name === 'notAfter' ? new Date(ms) : Reflect.get(ca, name);
        return typeof value === 'function' ? value.bind(ca) : value;
      },
    });
  const check = async (ms: number) => {
    const { session, signed } = await checkHandshake(
      crypto.subtle,
      new AcceptedPairs(endingAt(ms)),
      agentId,
      handshake,
    );
    await signed;
    return session;
  };
  expect(await check(end)).toMatchObject({ peerId: 'helper_agent_001' });
  expect(await check(hello - limits.freshness * 1_000)).toMatchObject({ peerId: 'helper_agent_001' });
  await expect(check(hello - (limits.freshness + 1) * 1_000)).rejects.toThrow('were not valid at the time');
});

test('a session id that a peer uses again after a restart breaks no trail, and what was said before does not go over', async () => {
  const world = await TestWorld.create();
  const { environment } = world;
  const id = new Uint8Array(16).fill(7);
  let isChoosing = false;
  const random = (length: number) => (isChoosing && length === id.length ? id.slice() : environment.random(length));
  const openHelper = (store?: AgentStore) =>
    world.open('helper_agent_001', 'https://localhost:5001', store === undefined ? {} : { store });
  const first = await openHelper();
  let mallory = await world.open('mallory_agent_001', 'https://localhost:5002', {
    environment: { ...environment, random },
  });
  /** Mallory makes a session of the chosen id, says something in it and ends it. */
  const talk = async () => {
    isChoosing = true;
    const { sessionId } = await mallory.agent.connect('helper_agent_001');
    isChoosing = false;
    await mallory.agent.send({ peerId: 'helper_agent_001', method: 'echo', parameters: null });
    await mallory.agent.disconnect(sessionId);
    return sessionId;
  };
  const sessionId = await talk();
  await first.agent.stop();
  await mallory.agent.stop();
  const { agent: helper } = await openHelper(first.store);
  mallory = await world.open('mallory_agent_001', 'https://localhost:5002', {
    environment: { ...environment, random },
    store: mallory.store,
  });
  expect(await talk()).toBe(sessionId);
  expect(await helper.audit.verify()).not.toHaveProperty('brokenAt');
  const entries = openExport(await helper.audit.export([])).entries.map(({ entry }) => entry);
  expect(await fault(entries, -1, {})).toBe(undefined);
  const before = entries.findIndex(({ kind }) => kind === 'message');
  const after = entries.findLastIndex(({ kind }) => kind === 'message');
  const { index: _, prev: __, ...moved } = entries[before] ?? {};
  expect(await fault(entries, after, moved)).toBe(`${after}: mallory_agent_001 has not signed this message.`);
});

test('a time that no calendar has makes no entry', async () => {
  const at = own.findIndex(({ kind }) => kind === 'message');
  const header = object(own[at]?.header);
  expect(v.safeParse(auditEntry, { ...own[at], header: { ...header, timestamp: 8.64e12 } }).success).toBe(true);
  expect(await fault(own, at, { header: { ...header, timestamp: 8.64e12 + 1 } })).toContain('header.timestamp');
  expect(await fault(own, at, { at: 8.64e15 + 1 })).toBe(`${at}: It is not an entry of a trail: member at.`);
});

test('what began among entries that the trail says it omits is not proven, and nothing is called altered', async () => {
  const at = own.findIndex(({ kind }) => kind === 'handshake');
  const omitted = {
    kind: 'entries_omitted',
    at: own[at]?.at ?? 0,
    index: at,
    prev: '00'.repeat(32),
    count: 1,
    reason: 'too_many',
  };
  const evidence = new Evidence(crypto.subtle);
  for (const entry of own.with(at, omitted)) expect(await evidence.next(entry)).toBe(undefined);
  const messages = own.filter(({ kind }) => kind === 'message').length;
  expect(evidence.unproven).toEqual({ sessions: 1, messages });
  expect(evidence.counts.get('message')).toBe(undefined);
});

test('a session that goes on from one that is not in the trail is not proven, and nothing is called altered', async () => {
  const without = resumed.filter(({ kind }) => kind !== 'handshake');
  const [session] = without.flatMap(({ kind, session_id }) => (kind === 'resumption' ? [session_id] : []));
  const entries = without.filter(({ kind, session_id }) => kind !== 'message' || session_id === session);
  const evidence = new Evidence(crypto.subtle);
  for (const entry of entries) expect(await evidence.next(entry)).toBe(undefined);
  const messages = entries.filter(({ kind }) => kind === 'message').length;
  expect(messages).toBeGreaterThan(0);
  expect(evidence.unproven).toEqual({ sessions: 1, messages });
  expect(evidence.counts.get('message')).toBe(undefined);
  expect(evidence.counts.get('resumption')).toBe(undefined);
  const again = entries.find(({ kind }) => kind === 'resumption') ?? {};
  expect(await evidence.next(again)).toBe('Its session was already established.');
  const whole = new Evidence(crypto.subtle);
  for (const entry of resumed) await whole.next(entry);
  expect(whole.unproven).toBe(undefined);
});
