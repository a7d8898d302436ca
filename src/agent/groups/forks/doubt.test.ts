import { beforeAll, expect, test } from 'vitest';
import { groupIdentity } from '../../../group/credential/key-package.ts';
import { isGroupId } from '../../../group/log/group-id.ts';
import { createFirstEntry } from '../../../group/member/create-first-entry.ts';
import type { GroupMember } from '../../../group/member/group-member.ts';
import { groupSuite } from '../../../group/profile/suite.ts';
import { encodeAuthenticator, encodeHead } from '../../../group/storage/head-record.ts';
import { GroupWorld, random } from '../../../group/testing/group-world.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { until } from '../../testing/until.ts';
import type { GroupStateAnswer } from '../members/pairwise.ts';
import { Group } from '../state/group.ts';
import type { Standing } from '../state/standing.ts';
import { Forks } from './forks.ts';

const groupId = 'ab'.repeat(16);
const [selfId, other] = ['traveller_agent', 'helper_agent'];
const [head, authenticator] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const at = 1_790_000_000;
/** The entry that this agent skips: others may have applied it. */
const index = 3;
let member: GroupMember;

beforeAll(async () => {
  if (!isGroupId(groupId)) throw new TypeError('It has 16 bytes.');
  const agent = await (await GroupWorld.create()).agent(selfId);
  const signature = await (await groupSuite()).signature.generateKeyPair();
  const identity = await groupIdentity(agent.claims(), signature, (data) => agent.sign(data));
  const descriptor = { kind: 'group', name: 'Trip', admins: [selfId], createdAt: at } as const;
  const { step } = await createFirstEntry({ subtle: crypto.subtle, random }, { groupId, selfId, identity, descriptor });
  member = { ...step.member, next: index + 1, doubt: { index, at } };
});

const rows = {
  read: async () => encodeHead({ at, head }),
  all: async function* () {
    yield { part: 'auth/0000000001', bytes: encodeAuthenticator({ at, index, authenticator }) };
  },
};

/** Forks of a member in doubt, whose only peer answers with `answer`. */
function doubting(answer: Promise<GroupStateAnswer>, more: { readonly rows?: typeof rows } = {}, self = member) {
  const standing: Standing = {
    ...{ groupId, status: 'member', kind: 'group', name: 'Trip', createdAt: 0, trafficAt: 0 },
    ...{ members: [other, selfId], isLastResort: false, isLeaving: false, goesOnForked: false },
  };
  const writing = {
    rows: { seal: async () => ({ put: [], drop: [] }) },
    history: { keepStep: async () => [] },
    ...{ subtle: crypto.subtle, emit: () => undefined, isKeyUsedBeside: () => false },
  };
  const group = new Group(writing, standing, self);
  let now = 1_000 * at;
  const told = Promise.withResolvers<void>();
  const deps = {
    ...{ rows, ...more, methods: { groupState: () => answer }, now: () => now },
    ...{ trusted: () => [other], isConnected: () => false, changed: () => told.resolve() },
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { group, forks: new Forks(deps, group), told: told.promise, pass };
}

const applied: GroupStateAnswer = { index, head, epoch: 2, authenticator };

test('one that has applied the commit strands this agent', async () => {
  const { group, forks, told } = doubting(Promise.resolve(applied));
  await forks.lookAtDoubt(member);
  await told;
  expect(group.standing.status).toBe('stranded');
});

test('an answer that comes when this agent has left makes nothing of it', async () => {
  const { promise, resolve } = Promise.withResolvers<GroupStateAnswer>();
  const { group, forks, told } = doubting(promise);
  await forks.lookAtDoubt(member);
  await group.turns.take(() => group.end({ standing: { status: 'left' } }));
  resolve(applied);
  await told;
  expect(group.standing.status).toBe('left');
});

test('a store that cannot be read leaves the doubt to its minute', async () => {
  const failed = () => Promise.reject(new ParleyError('storage_failed', 'The disk is away.'));
  const { group, forks, pass } = doubting(Promise.resolve(applied), { rows: { ...rows, read: failed } });
  expect(await forks.lookAtDoubt(member)).toBe(1_000 * at + 60_000);
  pass(60_000);
  await forks.lookAtDoubt(member);
  expect(group.member?.doubt).toBeUndefined();
});

test('who was silent when this agent came in is heard once a session with it begins', async () => {
  const acquaintances = new Map([[other, { sinceEpoch: 0, isOlder: true, isHeard: false }]]);
  const joined = { ...member, doubt: undefined, acquaintances };
  const { group, forks } = doubting(Promise.resolve({ ...applied, epoch: 1 }), {}, joined);
  forks.met(other);
  await forks.lookAtDoubt(joined);
  await until(() => group.member?.acquaintances.get(other)?.isHeard || undefined, 'who was met is not heard');
});
