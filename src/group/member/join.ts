import { MlsError } from '../../mls/errors.ts';
import { endedSecrets } from '../../mls/group/ended-secrets.ts';
import { type JoinedGroup, joinGroup } from '../../mls/group/join-group.ts';
import type { KeyPackageSecrets } from '../../mls/group/own-key-package.ts';
import type { KeyPackage } from '../../mls/structures/key-package.ts';
import { decodeMlsMessage } from '../../mls/structures/mls-message.ts';
import { leafAt } from '../../mls/tree/ratchet-tree.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { GroupError } from '../codes.ts';
import { membersIn } from '../credential/members.ts';
import type { GroupMember as Placed } from '../descriptor/admins.ts';
import type { Descriptor } from '../descriptor/descriptor.ts';
import type { LogEntry } from '../log/entry.ts';
import { type GroupId, groupIdOf } from '../log/group-id.ts';
import { nextHead } from '../log/head.ts';
import { checkGroupInfo } from '../profile/group-context.ts';
import { groupMessageHead } from '../profile/message-head.ts';
import { groupSuite } from '../profile/suite.ts';
import { judgeTree, mayInvite, type TreeVerdict } from '../rules/judge-tree.ts';
import { scheduleIn } from './apply-commit-entry.ts';
import type { Acquaintance, GroupMember, MemberStep } from './group-member.ts';
import { agentAt } from './known.ts';

/** A group has no more members than this (groups page, section 4). */
const mostMembers = 256;

/** A Welcome with the KeyPackage that it is for, and what is known of where it came from. */
export interface ReceivedWelcome {
  readonly message: Bytes;
  readonly keyPackage: KeyPackage;
  readonly secrets: KeyPackageSecrets;
  readonly selfId: string;
  /** The commit entry that the inbox names, as the log has it. */
  readonly entry: LogEntry;
  /** The group in which the entry is, as the inbox says. */
  readonly groupId: GroupId;
  /** This agent has asked to be taken in again. */
  readonly isRejoin: boolean;
}

/** A group that one could join: what an invitation shows. Nothing of it is used until `joinFromWelcome`. */
export interface OpenedWelcome {
  readonly received: ReceivedWelcome;
  readonly descriptor: Descriptor;
  readonly members: readonly Placed[];
  /** The agent_id of whose leaf signed it. */
  readonly inviter: string;
  readonly joined: JoinedGroup;
}

/** What joining makes: the member, or what is missing to judge the group, or why it is refused. */
export type Joining =
  | { readonly type: 'joined'; readonly step: MemberStep; readonly schedule: Readonly<Record<string, string>> }
  | Exclude<TreeVerdict, { readonly valid: true }>;

/**
 * Opens a Welcome and checks all that needs no certificate (groups page, section 2). Throws what `joinGroup` of MLS throws,
 * `not_a_private_message`, `welcome_not_of_entry`, `welcome_not_permitted`, and what the profile and a credential break.
 */
export async function openWelcome(received: ReceivedWelcome): Promise<OpenedWelcome> {
  const { keyPackage, secrets, entry } = received;
  const message = decodeMlsMessage(received.message);
  if (message.wireFormat !== 'mls_welcome') throw new MlsError('not_a_group_message', 'The message is no Welcome.');
  const { welcome } = message;
  const suite = await groupSuite();
  const joined = await joinGroup(suite, { welcome, keyPackage, secrets, maximumMembers: mostMembers });
  const { state, signer } = joined;
  const descriptor = checkGroupInfo(joined.groupInfo);
  const members = membersIn(state.tree);
  const inviter = agentAt(state.tree, signer);
  const named = headOf(entry);
  const isOfEntry =
    groupIdOf(state.context.groupId) === received.groupId &&
    groupIdOf(named.groupId) === received.groupId &&
    named.epoch === state.context.epoch - 1n &&
    entry.kind === 'commit' &&
    entry.sender === inviter;
  if (!isOfEntry) throw new GroupError('welcome_not_of_entry', 'The Welcome is not of the commit that it came with.');
  if (!received.isRejoin && !mayInvite(descriptor, state.tree, signer, state.ownLeaf)) {
    throw new GroupError('welcome_not_permitted', 'The Welcome comes from who may not invite.');
  }
  return { received, descriptor, members, inviter, joined };
}

function headOf({ content }: LogEntry) {
  if ('message' in content) return groupMessageHead(content.message);
  throw new GroupError('welcome_not_of_entry', 'The commit that the Welcome came with is not there any more.');
}

/**
 * Joins a group: judges every leaf, and stands behind the commit that added this member (groups page, sections 2 and 4). `before` is the
 * log's head before that entry, which is taken as given. Store the whole member with what goes of the KeyPackage, then wipe.
 */
export async function joinFromWelcome(
  subtle: Subtle,
  opened: OpenedWelcome,
  before: Bytes,
  evidence: Parameters<typeof judgeTree>[2],
): Promise<Joining> {
  const { received, joined } = opened;
  const { entry, secrets } = received;
  const verdict = await judgeTree(joined.groupInfo, joined.state.tree, evidence);
  if (!('valid' in verdict) || !verdict.valid) return verdict;
  const member: GroupMember = {
    groupId: received.groupId,
    selfId: received.selfId,
    state: joined.state,
    next: entry.index + 1,
    head: await nextHead(subtle, before, entry),
    lastCommit: entry.index,
    firstIndex: entry.index,
    isHeadConfirmed: false,
    epochBegan: entry.at,
    renewedAt: entry.at,
    hasTraffic: false,
    lists: entry.lists,
    acquaintances: acquaintances(opened),
    doubt: undefined,
    ahead: [],
  };
  const changed = { epoch: true, position: true, acquaintances: true, lists: true, at: entry.at } as const;
  const consumed = [...joined.consumed, secrets.initSecret, secrets.leafSecret];
  return { type: 'joined', step: { member, changed, consumed }, schedule: scheduleIn(joined.trace) };
}

/** Returns the secrets of a Welcome that is not joined now; the KeyPackage's own stay. */
export function secretsOfWelcome({ joined }: OpenedWelcome): readonly Bytes[] {
  return [...joined.consumed, ...endedSecrets(joined.state)];
}

/** Who signed is older than this member, and who has committed: a leaf of a KeyPackage may have come with the same commit. */
function acquaintances({ members, joined, received }: OpenedWelcome): ReadonlyMap<string, Acquaintance> {
  const { tree, context } = joined.state;
  const sinceEpoch = Number(context.epoch);
  return new Map(
    members.map(({ agentId, leaf }) => {
      const isSelf = agentId === received.selfId;
      const isOlder = !isSelf && (leaf === joined.signer || leafAt(tree, leaf)?.source.type !== 'key_package');
      return [agentId, { sinceEpoch, isOlder, isHeard: isSelf }];
    }),
  );
}
