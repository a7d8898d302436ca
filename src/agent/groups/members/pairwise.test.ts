import { beforeEach, describe, expect, test } from 'vitest';
import type { Bytes } from '../../../protocol/bytes.ts';
import { sha256 } from '../../../protocol/crypto/hash.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import { OwnMethods } from '../../messages/own-methods.ts';
import { TestClock } from '../../testing/clock.ts';
import { until } from '../../testing/until.ts';
import type { Found } from '../evidence/evidence.ts';
import { PackageShelf } from '../key-packages/package-shelf.ts';
import { certifiedAgent, rsaPairs } from '../testing/certified.ts';
import { memoryRows } from '../testing/memory-rows.ts';
import type { MemberAnswers, Rejoining } from './pairwise.ts';
import { PairwiseAnswers } from './pairwise-answers.ts';
import { PairwiseCalls } from './pairwise-calls.ts';
import { Rejoins } from './rejoins.ts';

const start = 1_790_000_000;
const day = 86_400;
const [group, otherGroup] = ['ab'.repeat(16), 'cd'.repeat(16)];
const clock = new TestClock(1_000 * start);
const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
const helper = await certifiedAgent('helper_agent_001', start, 60 * day, clock.now);
const stranger = await certifiedAgent('helper_agent_001', start, 60 * day, clock.now, await rsaPairs());
const traveller = await certifiedAgent('traveller_agent_001', start, 60 * day, clock.now);
const state = { index: 7, head: random(32), epoch: 3, authenticator: random(32) };

/** KeyPackages of an agent, as its shelf makes them. */
async function packageOf(agent: typeof helper, rejoins?: string): Promise<Bytes> {
  const environment = { random, now: clock.now };
  const shelf = new PackageShelf({ rows: memoryRows(), identities: agent.identities, environment });
  const rejoin = rejoins === undefined ? undefined : { groupId: rejoins, after: 0 };
  const [made] = await shelf.make([rejoin === undefined ? 'one_time' : 'rejoin'], rejoin);
  if (made === undefined) throw new TypeError('No KeyPackage was made.');
  return made.message;
}

let rejoined: Rejoining[];
let declined: string[];
let members: ReadonlySet<string>;
let canAsk: boolean;

/** A member that answers, asked by `as` over their session. */
function askedBy(as: typeof helper) {
  const answers: MemberAnswers = {
    isMember: (groupId, peerId) => groupId === group && members.has(peerId),
    stateAt: async (_, index) => ({ ...state, index: Math.min(index, state.index) }),
    rejoin: async (_, rejoining) => void rejoined.push(rejoining),
    declined: async (groupId, peerId) => void declined.push(`${groupId} ${peerId}`),
  };
  const issued = [helper, stranger, traveller].map(({ own }) => own.certificates.signing);
  const certificates = async (hashes: readonly string[]): Promise<Found<ReadonlyMap<string, Bytes | 'unknown'>>> => {
    if (!canAsk) return { kind: 'waits', again: 0, why: new ParleyError('controller_unreachable', 'Nobody answers.') };
    const known = await Promise.all(
      issued.map(async (der) => [encodeBase64(await sha256(crypto.subtle, der)), der] as const),
    );
    return { kind: 'found', value: new Map(hashes.map((hash) => [hash, new Map(known).get(hash) ?? 'unknown'])) };
  };
  const authorities = () => [helper.ca, stranger.ca, traveller.ca];
  const methods = new OwnMethods();
  new PairwiseAnswers({ answers, evidence: { certificates }, authorities, now: clock.now }).register(methods);
  return new PairwiseCalls({
    call: async (_, name, parameters) => {
      const method = methods.find(name);
      if (method === undefined) throw new ParleyError('unknown_method', 'No.');
      return JSON.parse(JSON.stringify(await method(JSON.parse(JSON.stringify(parameters)), as.identity)));
    },
  });
}

beforeEach(() => {
  clock.advance(600_000);
  [rejoined, declined, canAsk] = [[], [], true];
  members = new Set(['helper_agent_001']);
});

describe('group_state', () => {
  test('tells a member what this agent knows at an index, or at its newest when that is lower', async () => {
    const calls = askedBy(helper);
    expect(await calls.groupState('a_agent', group, 5)).toEqual({ ...state, index: 5 });
    clock.advance(60_000);
    expect(await calls.groupState('a_agent', group, 9)).toEqual(state);
  });

  test('is answered once a minute', async () => {
    const calls = askedBy(helper);
    await calls.groupState('a_agent', group, 5);
    clock.advance(59_999);
    await expect(calls.groupState('a_agent', group, 5)).rejects.toMatchObject({ code: 'rate_limited' });
    clock.advance(1);
    await calls.groupState('a_agent', group, 5);
  });

  test('that answers for another group, or for a later entry, is no answer', async () => {
    const wire = { head: encodeBase64(state.head), authenticator: encodeBase64(state.authenticator), epoch: 3 };
    for (const answer of [
      { ...wire, group_id: otherGroup, index: 5 },
      { ...wire, group_id: group, index: 6 },
      { ...wire, group_id: group, index: -1 },
      { ...wire, group_id: group, index: 5, head: 'AAAA' },
      null,
    ]) {
      const calls = new PairwiseCalls({ call: async () => answer });
      await expect(calls.groupState('a_agent', group, 5)).rejects.toMatchObject({ code: 'invalid_answer' });
    }
  });
});

test('who is no member gets what an unknown group gets, from every method, however often it asks', async () => {
  const calls = askedBy(traveller);
  const keyPackage = await packageOf(traveller, group);
  for (const groupId of [group, otherGroup, group, group]) {
    const answers = await Promise.allSettled([
      calls.groupState('a_agent', groupId, 5),
      calls.groupRejoin('a_agent', { groupId, keyPackage, reason: 'lost' }),
      calls.groupDecline('a_agent', groupId),
    ]);
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'unknown_group' } });
    const [first, ...others] = answers.map((answer) => answer.status === 'rejected' && String(answer.reason));
    expect(new Set(others)).toEqual(new Set([first]));
  }
  expect([rejoined, declined]).toEqual([[], []]);
});

describe('group_rejoin', () => {
  test('hands on a KeyPackage of the peer’s own key that was made for this group', async () => {
    const keyPackage = await packageOf(helper, group);
    await askedBy(helper).groupRejoin('a_agent', { groupId: group, keyPackage, reason: 'lost' });
    expect(rejoined).toEqual([{ groupId: group, keyPackage, reason: 'lost' }]);
  });

  test.each([
    ['for every group', () => packageOf(helper)],
    ['for another group', () => packageOf(helper, otherGroup)],
    ['of another agent', () => packageOf(traveller, group)],
    ['of another key', () => packageOf(stranger, group)],
    ['that is none', async () => random(100)],
    ['that was altered', async () => (await packageOf(helper, group)).map((byte, i) => (i === 500 ? byte ^ 1 : byte))],
  ] as const)('refuses a KeyPackage %s', async (_, make) => {
    const asking = askedBy(helper).groupRejoin('a_agent', { groupId: group, keyPackage: await make(), reason: '' });
    await expect(asking).rejects.toMatchObject({ code: 'malformed_message' });
    expect(rejoined).toEqual([]);
  });

  test('is refused for now while the certificate cannot be looked up, and answered once a minute', async () => {
    const calls = askedBy(helper);
    const rejoining = { groupId: group, keyPackage: await packageOf(helper, group), reason: '' };
    canAsk = false;
    await expect(calls.groupRejoin('a_agent', rejoining)).rejects.toMatchObject({ code: 'unavailable' });
    canAsk = true;
    await expect(calls.groupRejoin('a_agent', rejoining)).rejects.toMatchObject({ code: 'rate_limited' });
    clock.advance(60_000);
    await calls.groupRejoin('a_agent', rejoining);
    expect(rejoined).toHaveLength(1);
  });
});

test('group_decline names the member that does not want to come', async () => {
  await askedBy(helper).groupDecline('a_agent', group);
  expect(declined).toEqual([`${group} helper_agent_001`]);
});

describe('an agent that is stranded', () => {
  const open = (candidates: () => readonly string[]) => {
    const asked: string[] = [];
    const shelf = new PackageShelf({
      rows: memoryRows(),
      identities: helper.identities,
      environment: { random, now: clock.now },
    });
    let made: string | undefined;
    const forRejoin = async (groupId: string) => {
      made ??= (await shelf.make(['rejoin'], { groupId, after: 0 }))[0]?.shelved.ref;
      const own = await shelf.take(made ?? '');
      if (own === undefined) throw new TypeError('No KeyPackage was made.');
      return own;
    };
    const groupRejoin = async (peerId: string, { keyPackage }: Rejoining) => {
      asked.push(`${peerId} ${encodeBase64(keyPackage).slice(-20)}`);
      throw new ParleyError('peer_unreachable', 'Nobody answers.');
    };
    const rejoins = new Rejoins({ methods: { groupRejoin }, keyPackages: { forRejoin }, scheduler: clock });
    const who = () => asked.map((one) => one.split(' ')[0]);
    const askedTimes = (times: number) =>
      until(() => (asked.length >= times ? true : undefined), `not asked ${times} times`);
    return {
      rejoins,
      asked,
      who,
      askedTimes,
      begin: () => rejoins.begin({ groupId: group, candidates, reason: 'lost' }),
    };
  };

  test('asks one member a minute, each in turn, with the same KeyPackage, until it is in', async () => {
    const { rejoins, asked, who, askedTimes, begin } = open(() => ['admin_agent', 'b_agent']);
    begin();
    begin();
    for (const times of [1, 2, 3]) {
      await askedTimes(times);
      clock.advance(59_999);
      expect(asked).toHaveLength(times);
      clock.advance(1);
    }
    await askedTimes(4);
    expect(who()).toEqual(['admin_agent', 'b_agent', 'admin_agent', 'b_agent']);
    expect(new Set(asked.map((one) => one.split(' ')[1])).size).toBe(1);
    expect(rejoins.isAsking(group)).toBe(true);
    rejoins.end(group);
    expect(clock.waiting).toBe(0);
  });

  test('waits for somebody that it trusts', async () => {
    let trusted: readonly string[] = [];
    const { rejoins, who, askedTimes, begin } = open(() => trusted);
    begin();
    trusted = ['b_agent'];
    clock.advance(60_000);
    await askedTimes(1);
    expect(who()).toEqual(['b_agent']);
    rejoins.stop();
    expect(clock.waiting).toBe(0);
  });
});
