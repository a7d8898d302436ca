import type { GroupMember, MemberStep } from './group-member.ts';

/** Seconds after which a doubt is over by itself (groups page, section 4). */
export const doubtSeconds = 60;

/** True when entries of two members are of a later epoch: this member skipped a commit that others applied (groups page, section 5, Coming back). */
export function isLeftBehind({ ahead }: GroupMember): boolean {
  return ahead.length >= 2;
}

/** Ends the doubt about a commit: two members have skipped it as well, or the time is over. */
export function withoutDoubt(member: GroupMember): MemberStep {
  return { member: { ...member, doubt: undefined }, changed: { position: true }, consumed: [] };
}
