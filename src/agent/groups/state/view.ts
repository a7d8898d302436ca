import { credentialOf, membersIn } from '../../../group/credential/members.ts';
import { adminsOf } from '../../../group/descriptor/admins.ts';
import type { Descriptor } from '../../../group/descriptor/descriptor.ts';
import type { GroupMember } from '../../../group/member/group-member.ts';
import { leavingLeaves } from '../../../group/member/open-leave.ts';
import { descriptorIn } from '../../../group/profile/group-context.ts';
import { leafAt } from '../../../mls/tree/ratchet-tree.ts';
import type { ParleyError } from '../../../protocol/errors.ts';
import { failureView } from '../../contracts/failures.ts';
import type { GroupMemberView, GroupStatus, GroupView, MemberTrust } from '../../contracts/group-views.ts';
import type { FailureView, Verification } from '../../contracts/value-views.ts';
import type { TalkView } from '../talk/ports.ts';
import type { Group } from './group.ts';

/** What a group's view shows beside the group itself. */
export interface ViewParts {
  readonly selfId: string;
  readonly talk: TalkView;
  readonly trusts: ReadonlyMap<string, MemberTrust>;
  readonly diverged: ReadonlySet<string>;
  readonly fork: GroupView['fork'];
  readonly blocked: FailureView | undefined;
  /** Why what the group needs of this agent cannot be done. */
  readonly failing: ParleyError | undefined;
  verificationOf(peerId: string): Verification;
}

/** Returns the descriptor of the present epoch. */
export function descriptorOf({ state }: Pick<GroupMember, 'state'>): Descriptor {
  return descriptorIn(state.context.extensions);
}

/** Returns the present admins. */
export function adminsIn(member: Pick<GroupMember, 'state'>): readonly string[] {
  return adminsOf(descriptorOf(member), membersIn(member.state.tree));
}

/** Returns when the credential of this agent's leaf began, in Unix seconds. */
export function ownCredentialBegan({ state }: GroupMember): number | undefined {
  const own = leafAt(state.tree, state.ownLeaf);
  return own === undefined ? undefined : credentialOf(own).notBefore;
}

/** Returns a group as it is shown. */
export function groupView(group: Group, parts: ViewParts): GroupView {
  const { standing, member, waiting } = group;
  const { talk, selfId, blocked, failing, fork } = parts;
  const peerId = standing.kind === 'direct' ? standing.members.find((one) => one !== selfId) : undefined;
  return {
    groupId: standing.groupId,
    kind: standing.kind,
    ...(peerId === undefined ? {} : { peerId }),
    name: standing.name,
    status: statusOf(group, fork),
    epoch: Number(member?.state.context.epoch ?? 0),
    members: member === undefined ? [] : membersView(member, parts),
    isAdmin: member !== undefined && adminsIn(member).includes(selfId),
    createdAt: standing.createdAt,
    next: member?.next ?? 0,
    unread: talk.unread,
    latestAt: talk.latestAt === 0 ? standing.createdAt : talk.latestAt,
    sendsReceipts: talk.sendsReceipts,
    ...(blocked === undefined ? {} : { blocked }),
    ...(failing === undefined ? {} : { failing: failureView(failing) }),
    ...(waiting === undefined ? {} : { waiting: failureView(waiting) }),
    ...(fork === undefined ? {} : { fork: { agree: fork.agree, differ: fork.differ, silent: fork.silent } }),
  };
}

function statusOf({ standing }: Group, fork: GroupView['fork']): GroupStatus {
  if (standing.status !== 'member') return standing.status;
  if (standing.isLeaving) return 'leaving';
  return fork === undefined || standing.goesOnForked ? 'member' : 'forked';
}

function membersView(member: GroupMember, parts: ViewParts): readonly GroupMemberView[] {
  const { selfId, trusts, diverged, talk } = parts;
  const admins = adminsIn(member);
  const leaving = new Set<number>(leavingLeaves(member.state));
  return membersIn(member.state.tree).map(({ agentId, leaf }) => {
    const known = member.acquaintances.get(agentId);
    const isSelf = agentId === selfId;
    const read = talk.read.get(agentId);
    return {
      agentId,
      isSelf,
      isAdmin: admins.includes(agentId),
      leaf,
      verification: isSelf ? 'verified' : parts.verificationOf(agentId),
      trust: isSelf ? 'trusted' : (trusts.get(agentId) ?? 'waiting'),
      isHeard: isSelf || known?.isHeard === true,
      sinceEpoch: known?.sinceEpoch ?? 0,
      isLeaving: leaving.has(leaf),
      isDiverged: diverged.has(agentId),
      ...(read === undefined ? {} : { read }),
    };
  });
}
