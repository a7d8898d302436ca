import { beforeAll, expect, describe as suite, test } from 'vitest';
import { createCommit } from '../../mls/group/create-commit.ts';
import type { GroupState } from '../../mls/group/group-state.ts';
import { joinGroup } from '../../mls/group/join-group.ts';
import { createKeyPackage } from '../../mls/group/own-key-package.ts';
import { createProposal } from '../../mls/group/send-message.ts';
import { toLeafIndex } from '../../mls/indices.ts';
import { decodeMlsMessage } from '../../mls/structures/mls-message.ts';
import type { Proposal } from '../../mls/structures/proposal.ts';
import type { TestMember } from '../../mls/testing/test-member.ts';
import { toHex } from '../../protocol/bytes.ts';
import { type CredentialClaims, certificateKey } from '../credential/credential.ts';
import { groupIdentity } from '../credential/key-package.ts';
import type { Descriptor } from '../descriptor/descriptor.ts';
import { groupCapabilities, groupSuite } from '../profile/suite.ts';
import { day, type GroupAgent, GroupWorld, now, random } from '../testing/group-world.ts';
import {
  add,
  describe,
  descriptorOf,
  keyPackageOf,
  membersOfGroup,
  remove,
  threeMembers,
} from '../testing/judged-group.ts';
import type { Evidence } from './commit-change.ts';
import { judgeTree, mayInvite } from './judge-tree.ts';
import { certificatesOfTree } from './needed.ts';

let world: GroupWorld;
let zora: GroupAgent;
let anna: TestMember;
let bert: TestMember;
let carl: TestMember;

beforeAll(async () => {
  world = await GroupWorld.create();
  zora = await world.agent('zora');
  ({ anna, bert, carl } = await threeMembers(world));
});

/** Returns what Zora joins when a member adds her and others, whoever may. */
async function joinedThrough(state: GroupState, others: readonly Proposal[] = []) {
  const own = await keyPackageOf(zora);
  const { welcome } = await createCommit(state, { proposals: [...others, add(own)], random });
  const message = decodeMlsMessage(welcome ?? new Uint8Array(0));
  if (message.wireFormat !== 'mls_welcome') throw new Error('The message is no Welcome.');
  return joinGroup(await groupSuite(), { welcome: message.welcome, ...own });
}

async function codeOf(
  { groupInfo, state }: Awaited<ReturnType<typeof joinedThrough>>,
  change: Partial<Evidence> = {},
): Promise<string> {
  const verdict = await judgeTree(groupInfo, state.tree, { ...world.evidence, ...change });
  if ('needs' in verdict) return `needs ${verdict.needs}`;
  return verdict.valid ? 'valid' : verdict.code;
}

/** Returns the code by which Zora finds a group that has a leaf of `agent` with these claims. */
async function codeWith(agent: GroupAgent, claims?: Partial<CredentialClaims>): Promise<string> {
  return codeOf(await joinedThrough(anna.state, [add(await keyPackageOf(agent, claims))]));
}

suite('the group of a Welcome (groups page, section 2)', () => {
  test('is taken when every leaf is valid', async () => {
    const joined = await joinedThrough(anna.state);
    const verdict = await judgeTree(joined.groupInfo, joined.state.tree, world.evidence);
    expect(verdict).toMatchObject({
      valid: true,
      descriptor: descriptorOf(),
      members: ['anna', 'bert', 'carl', 'zora'].map((agentId, leaf) => ({ agentId, leaf })),
    });
    expect(certificatesOfTree(joined.state.tree)).toHaveLength(4);
  });

  test('waits for certificates', async () => {
    const joined = await joinedThrough(anna.state);
    const certificates = new Map(world.certificates);
    const missing = certificateKey((await world.agent('bert')).claims());
    certificates.delete(missing);
    const verdict = await judgeTree(joined.groupInfo, joined.state.tree, { ...world.evidence, certificates });
    expect(verdict).toEqual({ needs: 'certificates', missing: [missing] });
    certificates.set(missing, 'unknown');
    expect(await codeOf(joined, { certificates })).toBe('certificate_unknown');
    expect(await codeOf(joined, { authorities: [] })).toBe('certificate_not_accepted');
  });

  test('has no leaf that a commit could not bring', async () => {
    const dora = await world.agent('dora');
    expect(await codeWith(dora)).toBe('valid');
    expect(await codeWith(await world.agent('bert'))).toBe('agent_twice');
    expect(await codeWith(zora)).toBe('agent_twice');
    expect(await codeWith({ ...dora, sign: zora.sign })).toBe('credential_signature_invalid');
    expect(await codeWith(dora, { rejoins: 'ab'.repeat(16) })).toBe('credential_purpose');
    expect(await codeWith(dora, { rejoins: toHex(anna.state.context.groupId) })).toBe('valid');
    const { signature } = await groupSuite();
    const identity = await groupIdentity(dora.claims(), await signature.generateKeyPair(), dora.sign);
    for (const [change, code] of [
      [{ capabilities: { ...groupCapabilities, proposals: [0xf000] } }, 'capabilities_not_exact'],
      [{ lifetime: { notBefore: BigInt(now), notAfter: BigInt(now + day) } }, 'key_package_lifetime'],
      [{ credential: { type: 'basic', identity: random(20) } }, 'credential_malformed'],
    ] as const) {
      const own = await createKeyPackage(await groupSuite(), { ...identity, ...change }, random);
      expect(await codeOf(await joinedThrough(anna.state, [add(own)]))).toBe(code);
    }
  });

  test('has a third agent in no direct group', async () => {
    const agents = await Promise.all(['anna', 'bert'].map((name) => world.agent(name)));
    const [first] = await membersOfGroup(agents, { kind: 'direct', admins: ['anna', 'bert'] });
    if (first === undefined) throw new Error('The group is empty.');
    expect(await codeOf(await joinedThrough(first.state))).toBe('not_of_direct_group');
    const [alone] = await membersOfGroup(agents.slice(0, 1), { kind: 'direct', admins: ['anna', 'zora'] });
    if (alone === undefined) throw new Error('The group is empty.');
    expect(await codeOf(await joinedThrough(alone.state))).toBe('valid');
  });

  test('has the GroupContext of the profile', async () => {
    const { groupInfo, state } = await joinedThrough(anna.state);
    const extensions = groupInfo.groupContext.extensions.toReversed();
    const changed = { ...groupInfo, groupContext: { ...groupInfo.groupContext, extensions } };
    expect(await codeOf({ groupInfo: changed, state, signer: toLeafIndex(0), consumed: [], trace: [] })).toBe(
      'group_extensions_not_exact',
    );
  });
});

suite('who may have sent a Welcome (groups page, sections 2 and 5)', () => {
  const inviteCode = async (
    state: GroupState,
    descriptor: Partial<Descriptor> = {},
    others: readonly Proposal[] = [],
  ) => {
    const { state: joined, signer } = await joinedThrough(state, others);
    return mayInvite(descriptorOf(descriptor), joined.tree, signer, joined.ownLeaf);
  };

  test('an admin', async () => {
    expect(await inviteCode(anna.state)).toBe(true);
    expect(await inviteCode(bert.state, { admins: ['anna', 'bert'] })).toBe(true);
  });

  test('nobody else', async () => {
    expect(await inviteCode(bert.state)).toBe(false);
    expect(await inviteCode(carl.state, { admins: ['anna', 'bert'] })).toBe(false);
    expect(await inviteCode(bert.state, { admins: ['zora'] })).toBe(false);
    const { state } = await joinedThrough(anna.state);
    expect(mayInvite(descriptorOf(), state.tree, toLeafIndex(7), state.ownLeaf)).toBe(false);
  });

  test('the lowest leaf when no admin of the descriptor is a member, also to who comes below it', async () => {
    expect(await inviteCode(anna.state, { admins: [] })).toBe(true);
    // Who joins was no member before.
    expect(await inviteCode(anna.state, { admins: ['zora'] })).toBe(true);
    const group = await threeMembers(world);
    const leave = await createProposal(group.anna.state, remove(0), { random });
    await group.bert.receive(leave.message);
    await group.bert.commit({});
    const dora = add(await keyPackageOf(await world.agent('dora')));
    // Dora takes the first leaf, and Zora one behind it.
    expect(await inviteCode(group.bert.state, {}, [dora])).toBe(true);
    expect(await inviteCode(group.bert.state)).toBe(true);
  });

  test('a change of the descriptor counts at once', async () => {
    const group = await threeMembers(world);
    const { message } = await group.anna.commit({ proposals: [describe({ admins: ['bert'] })] });
    await group.bert.receive(message);
    expect(await inviteCode(group.bert.state, { admins: ['bert'] })).toBe(true);
    expect(await inviteCode(group.anna.state, { admins: ['bert'] })).toBe(false);
  });
});
