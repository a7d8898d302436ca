import { usedGenerations } from '../../mls/group/group-state.ts';
import { leafAt } from '../../mls/tree/ratchet-tree.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { equalConstantTime } from '../../protocol/bytes.ts';
import { credentialOf } from '../credential/members.ts';
import type { GroupMember } from './group-member.ts';
import { leavingLeaves } from './open-leave.ts';

/** Generations of an epoch after which a member renews its keys, and those that it never goes past (groups page, section 5, Healing). */
const healingGenerations = { due: 100, most: 150 } as const;
/** Seconds with traffic after which a member renews its keys. */
const healingAge = 86_400;
/** Seconds before a credential's end in which a commit brings a new one. */
const credentialAhead = 7 * 86_400;

/** Returns the leaves, other than this member's own, whose Remove the next commit is to hold. */
export function waitingLeavers({ state }: GroupMember) {
  return leavingLeaves(state).filter((leaf) => leaf !== state.ownLeaf);
}

/**
 * Returns why this member may send nothing before a commit: somebody has asked to leave, or its ratchet has gone 150 generations, those of
 * what was dropped included. Undefined when it may.
 */
export function mustCommitFirst(member: GroupMember): 'leavers' | 'generations' | undefined {
  if (usedOf(member) >= healingGenerations.most) return 'generations';
  return waitingLeavers(member).length > 0 ? 'leavers' : undefined;
}

/** Returns why this member is to renew its keys by an empty Update; `now` in Unix seconds. Undefined when it need not. */
export function healingDue(member: GroupMember, now: number): 'generations' | 'age' | undefined {
  if (usedOf(member) >= healingGenerations.due) return 'generations';
  return member.hasTraffic && now - member.renewedAt >= healingAge ? 'age' : undefined;
}

/**
 * Returns why this member's next commit is to bring a new credential and leaf key: its `not_after` has passed or is less than 7 days
 * ahead, or its certificate was renewed. `certificate` is H of the present one. Undefined when it need not.
 */
export function credentialDue(
  { state }: GroupMember,
  now: number,
  certificate: Bytes,
): 'expired' | 'expires' | 'renewed' | undefined {
  const own = leafAt(state.tree, state.ownLeaf);
  if (own === undefined) return undefined;
  const credential = credentialOf(own);
  if (credential.notAfter < now) return 'expired';
  if (credential.notAfter - now < credentialAhead) return 'expires';
  return equalConstantTime(credential.certificate, certificate) ? undefined : 'renewed';
}

/**
 * Returns how many seconds this member waits until it commits what leavers have asked for: none right behind the first leaver in the order
 * of the leaves, then one more for each, 10 at most (groups page, section 5, Proposals). Undefined when nobody leaves. `leaves`: those that
 * may commit it; one that leaves itself waits for the others, unless all of them leave.
 */
export function leaversTurn(member: GroupMember, leaves: readonly number[]): number | undefined {
  const { state } = member;
  const leaving = new Set<number>(leavingLeaves(state));
  const [leaver] = leaving;
  if (leaver === undefined) return undefined;
  const staying = leaves.filter((leaf) => !leaving.has(leaf));
  if (staying.length > 0 && leaving.has(state.ownLeaf)) return undefined;
  const able = (staying.length > 0 ? staying : leaves).toSorted((a, b) => a - b);
  const order = [...able.filter((leaf) => leaf > leaver), ...able.filter((leaf) => leaf <= leaver)];
  return Math.min(Math.max(order.indexOf(state.ownLeaf), 0), 10);
}

/** Generations of both ratchets count: a commit that is made and dropped uses one, too. */
function usedOf({ state }: GroupMember): number {
  const used = usedGenerations(state);
  return Math.max(used.application, used.handshake);
}
