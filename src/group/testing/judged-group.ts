import { MlsError } from '../../mls/errors.ts';
import { createGroup } from '../../mls/group/create-group.ts';
import type { GroupState } from '../../mls/group/group-state.ts';
import { joinGroup } from '../../mls/group/join-group.ts';
import { openMessage } from '../../mls/group/open-message.ts';
import { type StagedCommit, stageCommit } from '../../mls/group/stage-commit.ts';
import { toLeafIndex } from '../../mls/indices.ts';
import { decodeMlsMessage } from '../../mls/structures/mls-message.ts';
import type { Proposal } from '../../mls/structures/proposal.ts';
import { type HostileCommit, hostileCommit } from '../../mls/testing/hostile-member.ts';
import { TestMember } from '../../mls/testing/test-member.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { CredentialClaims } from '../credential/credential.ts';
import { createGroupKeyPackage, groupIdentity } from '../credential/key-package.ts';
import type { Descriptor } from '../descriptor/descriptor.ts';
import { groupExtensions } from '../profile/group-context.ts';
import { groupSuite } from '../profile/suite.ts';
import type { Evidence, Verdict } from '../rules/commit-change.ts';
import { judgeCommit } from '../rules/judge-commit.ts';
import { type GroupAgent, type GroupWorld, now, random } from './group-world.ts';

/** Returns the descriptor of a group of these tests. */
export function descriptorOf(change: Partial<Descriptor> = {}): Descriptor {
  return { kind: 'group', name: 'Family', admins: ['anna'], createdAt: now, ...change };
}

/** Makes a KeyPackage of an agent. */
export function keyPackageOf(agent: GroupAgent, change?: Partial<CredentialClaims>) {
  return createGroupKeyPackage(agent.claims(change), agent.sign, random);
}

/** Makes the group of the first agent, who adds all others in one commit. The members are in the order of the agents, and of their leaves. */
export async function membersOfGroup(
  agents: readonly GroupAgent[],
  descriptor: Partial<Descriptor> = {},
  claims?: Partial<CredentialClaims>,
): Promise<readonly TestMember[]> {
  const suite = await groupSuite();
  const [creator, ...others] = agents;
  if (creator === undefined) throw new Error('A group has a creator.');
  const signature = await suite.signature.generateKeyPair();
  const identity = await groupIdentity(creator.claims(claims), signature, creator.sign);
  const extensions = groupExtensions(descriptorOf(descriptor));
  const state = await createGroup(suite, { groupId: random(16), identity, extensions, random });
  const first = new TestMember(creator.agentId, state);
  const packages = await Promise.all(others.map((agent) => keyPackageOf(agent, claims)));
  const { welcome } = await first.commit({ proposals: packages.map(add), withPath: true });
  const joined = await Promise.all(packages.map((own) => joinedBy(welcome, own)));
  return [first, ...joined.map((state, at) => new TestMember(others[at]?.agentId ?? '', state))];
}

/** Makes a group of Anna, Bert and Carl, whose admin is Anna unless said otherwise. */
export async function threeMembers(
  world: GroupWorld,
  descriptor?: Partial<Descriptor>,
  claims?: Partial<CredentialClaims>,
): Promise<Readonly<Record<'anna' | 'bert' | 'carl', TestMember>>> {
  const agents = await Promise.all(['anna', 'bert', 'carl'].map((name) => world.agent(name)));
  const [anna, bert, carl] = await membersOfGroup(agents, descriptor, claims);
  if (anna === undefined || bert === undefined || carl === undefined) throw new Error('The group is too small.');
  return { anna, bert, carl };
}

/** Returns the state of whoever joins by a Welcome with a KeyPackage. */
export async function joinedBy(
  welcome: Bytes | undefined,
  own: Awaited<ReturnType<typeof keyPackageOf>>,
): Promise<GroupState> {
  const message = decodeMlsMessage(welcome ?? new Uint8Array(0));
  if (message.wireFormat !== 'mls_welcome') throw new Error('The message is no Welcome.');
  return (await joinGroup(await groupSuite(), { welcome: message.welcome, ...own })).state;
}

export function add({ keyPackage }: Pick<Awaited<ReturnType<typeof keyPackageOf>>, 'keyPackage'>): Proposal {
  return { type: 'add', keyPackage };
}

export function remove(leaf: number): Proposal {
  return { type: 'remove', removed: toLeafIndex(leaf) };
}

export function describe(change: Partial<Descriptor>): Proposal {
  return { type: 'group_context_extensions', extensions: groupExtensions(descriptorOf(change)) };
}

/** Opens and stages a commit as a member does. Throws what MLS refuses. */
export async function staged({ state }: Pick<TestMember, 'state'>, message: Bytes): Promise<StagedCommit> {
  const opened = await openMessage(state, decodeMlsMessage(message));
  if (opened.content.type !== 'commit') throw new Error('The message is no commit.');
  return stageCommit(opened.state, opened.content.commit);
}

/** Judges commits as a member of a world does. */
export class Judge {
  readonly #world: GroupWorld;

  constructor(world: GroupWorld) {
    this.#world = world;
  }

  async verdict(reader: Pick<TestMember, 'state'>, message: Bytes, evidence: Partial<Evidence> = {}): Promise<Verdict> {
    return judgeCommit(await staged(reader, message), { at: now, ...this.#world.evidence, ...evidence });
  }

  /** Returns `valid`, what it needs, or the code by which a member skips the commit, of MLS or of the group's rules. */
  async code(reader: Pick<TestMember, 'state'>, message: Bytes, evidence: Partial<Evidence> = {}): Promise<string> {
    try {
      const verdict = await this.verdict(reader, message, evidence);
      if ('needs' in verdict) return `needs ${verdict.needs}`;
      return verdict.valid ? 'valid' : verdict.code;
    } catch (error) {
      if (error instanceof MlsError) return error.code;
      throw error;
    }
  }

  /** Returns the code for a commit that `member` forges, as `reader` finds it. */
  async forged(
    reader: Pick<TestMember, 'state'>,
    member: Pick<TestMember, 'state'>,
    commit: HostileCommit & { readonly authenticatedData?: Bytes },
    evidence: Partial<Evidence> = {},
  ): Promise<string> {
    const { authenticatedData, ...given } = commit;
    const framed: HostileCommit['framed'] = authenticatedData && ((content) => ({ ...content, authenticatedData }));
    const message = await hostileCommit(member.state, { ...(framed && { framed }), ...given });
    return this.code(reader, message, evidence);
  }
}
