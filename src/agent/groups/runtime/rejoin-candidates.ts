import type { MemberTrust } from '../../contracts/group-views.ts';
import type { Group } from '../state/group.ts';
import { adminsIn } from '../state/view.ts';

/** Returns members that may take this agent in again: admins first, none that is distrusted. */
export function rejoinCandidates(
  { member, standing }: Pick<Group, 'member' | 'standing'>,
  selfId: string,
  trusts: ReadonlyMap<string, MemberTrust>,
): readonly string[] {
  const admins = member === undefined ? [] : adminsIn(member);
  const others = standing.members.filter((agentId) => agentId !== selfId);
  const trusted = others.filter((agentId) => (trusts.get(agentId) ?? 'trusted') === 'trusted');
  return [...trusted.filter((one) => admins.includes(one)), ...trusted.filter((one) => !admins.includes(one))];
}
