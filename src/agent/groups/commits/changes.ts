import { membersIn } from '../../../group/credential/members.ts';
import { isGroupName } from '../../../group/descriptor/descriptor.ts';
import type { GroupMember } from '../../../group/member/group-member.ts';
import { waitingLeavers } from '../../../group/member/healing.ts';
import type { KeyPackage } from '../../../mls/structures/key-package.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { adminsIn, descriptorOf } from '../state/view.ts';
import type { Intent } from './intents.ts';
import { type InviteesDeps, takeInvitees } from './invitees.ts';
import { encodeWish, type Wish } from './wishes.ts';

/** A group has no more members than this (groups page, section 4). */
const mostMembers = 256;

/** Returns what adds agents; it takes one KeyPackage of each. */
export function adding(deps: InviteesDeps, selfId: string, agentIds: readonly string[]): Intent['plan'] {
  const taken = new Map<string, KeyPackage>();
  const memo = encodeWish({ kind: 'add', agentIds: [...agentIds] });
  return async (member) => {
    const present = new Set(namesIn(member));
    const missing = agentIds.filter((agentId) => !present.has(agentId));
    if (missing.length === 0) return undefined;
    requireAdmin(member, selfId);
    if (present.size + missing.length > mostMembers) {
      throw new ParleyError('group_full', `A group has ${mostMembers} members at most. Nobody was added.`);
    }
    const others = missing.filter((agentId) => !taken.has(agentId));
    for (const [i, keyPackage] of (await takeInvitees(deps, others)).entries()) taken.set(others[i] ?? '', keyPackage);
    return { add: missing.flatMap((agentId) => taken.get(agentId) ?? []), memo };
  };
}

/** Returns what removes members. Throws `invalid_input` when this agent is one of them. */
export function removing(selfId: string, agentIds: readonly string[]): Intent['plan'] {
  if (agentIds.includes(selfId)) {
    throw new ParleyError('invalid_input', 'An agent does not remove itself: it leaves. Nothing was changed.');
  }
  const memo = encodeWish({ kind: 'remove', agentIds: [...agentIds] });
  return async (member) => {
    const remove = membersIn(member.state.tree).flatMap(({ agentId, leaf }) =>
      agentIds.includes(agentId) ? [leaf] : [],
    );
    if (remove.length === 0) return undefined;
    requireAdmin(member, selfId);
    return { remove, memo };
  };
}

/** Returns what gives a group another name. Throws `invalid_input` for one that cannot be. */
export function renaming(selfId: string, name: string): Intent['plan'] {
  requireName(name);
  const memo = encodeWish({ kind: 'rename', name });
  return async (member) => {
    const descriptor = descriptorOf(member);
    if (descriptor.name === name) return undefined;
    requireAdmin(member, selfId);
    return { descriptor: { ...descriptor, name, admins: stayingAdmins(member) }, memo };
  };
}

/** Returns what makes members admins, and nobody else. */
export function appointing(selfId: string, agentIds: readonly string[]): Intent['plan'] {
  const admins = [...new Set(agentIds)].sort();
  const memo = encodeWish({ kind: 'admins', agentIds: admins });
  return async (member) => {
    const descriptor = descriptorOf(member);
    if (descriptor.admins.join() === admins.join()) return undefined;
    requireAdmin(member, selfId);
    const present = namesIn(member);
    if (admins.length === 0 || !admins.every((admin) => present.includes(admin))) {
      throw new ParleyError('invalid_input', 'Admins are members of the group, one at least. Nothing was changed.');
    }
    return { descriptor: { ...descriptor, admins }, memo };
  };
}

/** Returns what brings a wish about that was stored. Throws `invalid_input` for a name that cannot be. */
export function bringing(deps: InviteesDeps, selfId: string, wish: Wish): Intent['plan'] {
  switch (wish.kind) {
    case 'add':
      return adding(deps, selfId, wish.agentIds);
    case 'remove':
      // An earlier version stored what names this agent too, and left it out.
      return removing(
        selfId,
        wish.agentIds.filter((agentId) => agentId !== selfId),
      );
    case 'rename':
      return renaming(selfId, wish.name);
    case 'admins':
      return appointing(selfId, wish.agentIds);
  }
}

/** Throws `invalid_input` unless a group may be called so. */
export function requireName(name: string): void {
  if (isGroupName(name)) return;
  throw new ParleyError(
    'invalid_input',
    'A group’s name has 1 to 100 characters, none of them a control character. Nothing was changed.',
  );
}

/** The admins that are members after the commit, which removes everybody who has asked to leave. */
function stayingAdmins(member: GroupMember): readonly string[] {
  const leaving = new Set<number>(waitingLeavers(member));
  const staying = new Set(
    membersIn(member.state.tree).flatMap(({ agentId, leaf }) => (leaving.has(leaf) ? [] : [agentId])),
  );
  return adminsIn(member).filter((admin) => staying.has(admin));
}

function namesIn({ state }: GroupMember): readonly string[] {
  return membersIn(state.tree).map(({ agentId }) => agentId);
}

function requireAdmin(member: GroupMember, selfId: string): void {
  if (adminsIn(member).includes(selfId)) return;
  throw new ParleyError('not_permitted', 'Only an admin of the group may do this. Nothing was changed.');
}
