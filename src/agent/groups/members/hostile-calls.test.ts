import { describe, expect, inject, test } from 'vitest';
import { fuzzed, saysTheSame } from '../../../group/testing/fuzz.ts';
import { Chance } from '../../../mls/testing/chance.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { sha256 } from '../../../protocol/crypto/hash.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import { type JsonObject, type JsonValue, parseJson } from '../../../protocol/wire/json.ts';
import { OwnMethods } from '../../messages/own-methods.ts';
import { TestClock } from '../../testing/clock.ts';
import { PackageShelf } from '../key-packages/package-shelf.ts';
import { certifiedAgent } from '../testing/certified.ts';
import { memoryRows } from '../testing/memory-rows.ts';
import type { MemberAnswers } from './pairwise.ts';
import { PairwiseAnswers } from './pairwise-answers.ts';
import { PairwiseCalls } from './pairwise-calls.ts';

const runs = inject('exhaustive') ? 10_000 : 150;
const chance = new Chance(16);
const start = 1_790_000_000;
const group = 'ab'.repeat(16);
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const clock = new TestClock(1_000 * start);
const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
const helper = await certifiedAgent('helper_agent_001', start, 60 * 86_400, clock.now);
const certificate = helper.own.certificates.signing;
const hash = encodeBase64(await sha256(crypto.subtle, certificate));
const state = { index: 7, head: random(32), epoch: 3, authenticator: random(32) };

async function packageToComeBack(): Promise<Bytes> {
  const environment = { random, now: clock.now };
  const shelf = new PackageShelf({ rows: memoryRows(), identities: helper.identities, environment });
  const [made] = await shelf.make(['rejoin'], { groupId: group, after: 0 });
  if (made === undefined) throw new TypeError('No KeyPackage was made.');
  return made.message;
}

/** What was done for the certified member that calls. */
let done: readonly unknown[] = [];
const answers: MemberAnswers = {
  isMember: (groupId) => groupId === group,
  stateAt: async (groupId, index) => {
    done = [{ group_id: groupId, index }];
    return { ...state, index: Math.min(index, state.index) };
  },
  rejoin: async (_, { groupId, keyPackage, reason }) => {
    done = [{ group_id: groupId, key_package: keyPackage, reason }];
  },
  declined: async (groupId) => {
    done = [{ group_id: groupId }];
  },
};
// Each call comes a minute later by this clock, and within the hour that its certificate and KeyPackage are good for.
let calls = 0;
const now = () => 1_000 * start + 60_000 * calls;
const certificates = async (hashes: readonly string[]) => {
  const value = new Map(hashes.map((one) => [one, one === hash ? certificate : ('unknown' as const)]));
  return { kind: 'found', value } as const;
};
const methods = new OwnMethods();
new PairwiseAnswers({ answers, evidence: { certificates }, authorities: () => [helper.ca], now }).register(methods);

/** Calls a method with parameters of these bytes, as a session carries them. */
async function called(name: string, bytes: Bytes): Promise<readonly unknown[]> {
  const method = methods.find(name);
  if (method === undefined) throw new TypeError('There is no such method.');
  const parameters = parseJson(bytes, 1_048_576);
  calls = (calls + 1) % 10_000;
  done = [];
  await method(parameters, helper.identity);
  return done;
}

describe('a call of a certified member that was changed does nothing, or what it says', { timeout: 3_600_000 }, () => {
  test.each(['parley.group_state', 'parley.group_rejoin', 'parley.group_decline'])('%s', async (name) => {
    const samples: Readonly<Record<string, JsonObject>> = {
      'parley.group_state': { group_id: group, index: 5 },
      'parley.group_rejoin': {
        ...{ group_id: group, reason: 'Its state is gone.', key_package: encodeBase64(await packageToComeBack()) },
      },
      'parley.group_decline': { group_id: group },
    };
    const sample = samples[name] ?? {};
    const target = {
      sample,
      read: (bytes: Bytes) => called(name, bytes),
      isFaithful: (what: readonly unknown[], bytes: Bytes) => {
        const json = JSON.parse(decoder.decode(bytes));
        // A KeyPackage in which anything was changed is of nobody.
        return saysTheSame(what, [json], true) && json.key_package === sample.key_package;
      },
    };
    expect((await fuzzed(target, runs, chance)).refused).toBeGreaterThan(runs / 10);
  });
});

describe('an answer of a certified member that was changed is invalid, or says what it says', {
  timeout: 1_800_000,
}, () => {
  const head = encodeBase64(state.head);
  const sample = { group_id: group, index: 5, head, epoch: 3, authenticator: encodeBase64(state.authenticator) };
  const answeredBy = (answer: JsonValue) => new PairwiseCalls({ call: async () => answer });

  test('parley.group_state', async () => {
    const target = {
      sample,
      read: (bytes: Bytes) => answeredBy(parseJson(bytes, 1_048_576)).groupState('helper_agent_001', group, 5),
      isFaithful: (said: { readonly index: number }, bytes: Bytes) =>
        said.index <= 5 && saysTheSame({ group_id: group, ...said }, JSON.parse(decoder.decode(bytes)), false),
    };
    expect((await fuzzed(target, runs, chance)).refused).toBeGreaterThan(runs / 10);
  });

  test('the others have nothing in their answers', async () => {
    const keyPackage = Uint8Array.of(1);
    const calls = answeredBy(['anything']);
    await calls.groupRejoin('helper_agent_001', { groupId: group, keyPackage, reason: '' });
    await calls.groupDecline('helper_agent_001', group);
    const refusing = new PairwiseCalls({ call: () => Promise.reject(new ParleyError('unknown_group', 'No.')) });
    await expect(refusing.groupDecline('helper_agent_001', group)).rejects.toMatchObject({ code: 'unknown_group' });
  });
});
