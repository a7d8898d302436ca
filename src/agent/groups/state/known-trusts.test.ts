import { expect, test } from 'vitest';
import { createGroupKeyPackage, groupIdentity } from '../../../group/credential/key-package.ts';
import { isGroupId } from '../../../group/log/group-id.ts';
import { createFirstEntry } from '../../../group/member/create-first-entry.ts';
import { groupSuite } from '../../../group/profile/suite.ts';
import { day, GroupWorld, now, random } from '../../../group/testing/group-world.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { Group } from './group.ts';
import { KnownTrusts } from './known-trusts.ts';
import type { Standing } from './standing.ts';

const groupId = 'ab'.repeat(16);

/** Returns a group of two, whose other member has a certificate. */
async function ofTwo() {
  if (!isGroupId(groupId)) throw new TypeError('It has 16 bytes.');
  const world = await GroupWorld.create();
  const [self, other] = [await world.agent('traveller_agent'), await world.agent('helper_agent')];
  const [selfId, kind] = [self.agentId, 'group' as const];
  const signature = await (await groupSuite()).signature.generateKeyPair();
  const identity = await groupIdentity(self.claims(), signature, (data) => self.sign(data));
  const descriptor = { kind, name: 'Trip', admins: [selfId], createdAt: now };
  const { keyPackage } = await createGroupKeyPackage(other.claims(), (data) => other.sign(data), random);
  const tools = { subtle: crypto.subtle, random };
  const { step, pending } = await createFirstEntry(
    tools,
    { groupId, selfId, identity, descriptor },
    { add: [keyPackage] },
  );
  const member = { ...step.member, state: pending.next };
  const standing: Standing = {
    ...{ groupId, status: 'member', kind, name: 'Trip', createdAt: 0, trafficAt: 0, members: [selfId, other.agentId] },
    ...{ isLastResort: false, isLeaving: false, goesOnForked: false },
  };
  const writing = {
    rows: { seal: async () => ({ put: [], drop: [] }) },
    history: { keepStep: async () => [] },
    ...{ subtle: crypto.subtle, emit: () => undefined, isKeyUsedBeside: () => false },
  };
  const group = new Group(writing, standing, member);
  return { world, group, member, other };
}

test('a member that had expired is judged anew with its first message of another epoch', async () => {
  const { world, group, member, other } = await ofTwo();
  let seconds = now + 31 * day;
  const trusts = new KnownTrusts(
    {
      evidence: { certificates: async () => ({ kind: 'found', value: world.certificates }) },
      ...{ authorities: world.evidence.authorities, revocations: { current: undefined } },
      ...{ verified: { mark: () => undefined }, hasValidCertificate: async () => true },
      environment: { subtle: crypto.subtle, now: () => 1_000 * seconds },
    },
    group,
  );
  expect(await trusts.now(other.agentId)).toBe('expired');
  // It has renewed its credential, which is the same as time going back.
  seconds = now;
  const { state } = member;
  const renewed = { ...member, state: { ...state, context: { ...state.context, epoch: state.context.epoch + 1n } } };
  await group.turns.take(() => group.keep({ step: { member: renewed, changed: {}, consumed: [] } }));
  // No revocation list is there yet.
  expect(await trusts.now(other.agentId)).toBe('waiting');
});

test('a member whose certificate this agent cannot judge counts as waiting, is told, and is looked at again', async () => {
  const { world, group, other } = await ofTwo();
  // The row of the Controllers that were trusted before was damaged.
  const authorities: Bytes[] = [];
  const trusts = new KnownTrusts(
    {
      evidence: { certificates: async () => ({ kind: 'found', value: world.certificates }) },
      ...{ authorities, revocations: { current: undefined } },
      ...{ verified: { mark: () => undefined }, hasValidCertificate: async () => true },
      environment: { subtle: crypto.subtle, now: () => 1_000 * now },
    },
    group,
  );
  expect(trusts.waits).toEqual({});
  await trusts.look();
  expect(trusts.all).toEqual(new Map([[other.agentId, 'waiting']]));
  expect(await trusts.now(other.agentId)).toBe('waiting');
  const { again = 0, why } = trusts.waits;
  expect(again).toBeGreaterThan(1_000 * now);
  expect(why).toMatchObject({ code: 'certificate_untrusted', detail: expect.stringContaining(other.agentId) });
  authorities.push(...world.evidence.authorities);
  await trusts.look();
  expect(trusts.waits.why).toBeUndefined();
});
