import type { Bytes } from '../../protocol/bytes.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { LogEntry } from '../log/entry.ts';
import { nextHead } from '../log/head.ts';
import type { Changed, GroupMember, MemberStep } from './group-member.ts';

/**
 * Returns the member with the position behind an entry, which is taken in or skipped. Throws `malformed_message` for another entry than
 * the next one.
 */
export async function positionAfter(subtle: Subtle, member: GroupMember, entry: LogEntry): Promise<MemberStep> {
  if (entry.index !== member.next) {
    throw new ParleyError('malformed_message', 'The entries of a group’s log are not in their order.');
  }
  const head: Bytes = await nextHead(subtle, member.head, entry);
  const brings = entry.kind === 'commit' ? entry.lists : undefined;
  const read: GroupMember = {
    ...member,
    head,
    next: entry.index + 1,
    lastCommit: entry.kind === 'commit' ? entry.index : member.lastCommit,
    hasTraffic: member.hasTraffic || entry.kind === 'message',
    lists: brings ?? member.lists,
  };
  const changed: Changed = { position: true, at: entry.at, ...(brings === undefined ? {} : { lists: true }) };
  return { member: read, changed, consumed: [] };
}

/** Returns the step with more of the member changed. */
export function stepWith(step: MemberStep, member: Partial<GroupMember>, changed: Changed): MemberStep {
  return { ...step, member: { ...step.member, ...member }, changed: { ...step.changed, ...changed } };
}
