import type { Bytes } from '../../protocol/bytes.ts';
import { parsePayload } from '../payload/parse.ts';
import type { Seen } from '../payload/payload.ts';
import { compareSeen } from '../payload/seen.ts';
import { checkNoReason } from '../rules/reason.ts';
import type { GroupMember } from './group-member.ts';
import type { OpenedEntry } from './opened-entry.ts';
import { stepWith } from './position.ts';
import type { OpeningTools, Verified } from './verified.ts';

/**
 * Reads a message and compares what its sender had read (groups page, sections 5 and 6). Throws `authenticated_data_not_allowed`,
 * `malformed_message` and what `headAt` throws.
 */
export async function openPayload(tools: OpeningTools, verified: Verified, data: Bytes): Promise<OpenedEntry> {
  const { entry, step, leaf, by } = verified;
  checkNoReason(verified.authenticatedData);
  const read = parsePayload(data, entry.index);
  const seen = compareSeen(
    read.payload.seen,
    step.member.firstIndex,
    await headAfter(tools, step.member, read.payload.seen),
  );
  const confirms = seen === 'agrees' && step.member.acquaintances.get(by)?.isOlder === true;
  const confirmed = confirms ? stepWith(step, { isHeadConfirmed: true }, {}) : step;
  return { type: 'message', sender: by, leaf, read, seen, step: confirmed };
}

/** The heads before the newest are in storage; this entry's own cannot have been seen. */
async function headAfter(tools: OpeningTools, { firstIndex }: GroupMember, seen: Seen): Promise<Bytes | undefined> {
  return seen.index < firstIndex ? undefined : tools.headAt(seen.index);
}
