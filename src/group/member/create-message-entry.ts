import type { SentMessage } from '../../mls/group/send-message.ts';
import { createApplicationMessage, createProposal } from '../../mls/group/send-message.ts';
import { type Bytes, wipe } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { encodePayload } from '../payload/encode.ts';
import type { GroupPayload, Unsent } from '../payload/payload.ts';
import type { CreatedLeave, CreatedMessage } from './created-entries.ts';
import { type CreatingTools, hashOf, newEntryId } from './creating-tools.ts';
import type { Changed, GroupMember } from './group-member.ts';
import { mustCommitFirst } from './healing.ts';
import type { EntryToAppend } from './own-entries.ts';

/**
 * Encrypts a payload for the present epoch (groups page, sections 5 and 6). What this member has seen is put in here; on 409 the same
 * payload is encrypted anew under another entry_id and the same message_id. Throws `message_too_large`, and `unavailable` when this member
 * has to commit first.
 */
export async function createMessageEntry(
  tools: CreatingTools,
  member: GroupMember,
  unsent: Unsent,
  attachment?: Bytes,
): Promise<CreatedMessage> {
  if (mustCommitFirst(member) === 'generations') {
    throw new ParleyError('unavailable', 'The keys of this epoch are used up. They are renewed before more is sent.');
  }
  const plaintext = encodePayload(payloadOf(member, unsent), attachment);
  const sent = await createApplicationMessage(member.state, plaintext, { random: tools.random });
  wipe(plaintext);
  const entry = entryOf(tools, member, 'message', sent.message);
  const own = { entry, hash: await hashOf(tools.subtle, entry), messageId: unsent.messageId };
  const next: GroupMember = { ...member, state: sent.state, hasTraffic: true };
  const changed = { ...changedBy(sent, member), ...(member.hasTraffic ? {} : { position: true as const }) };
  return { own, step: { member: next, changed, consumed: sent.consumed } };
}

function payloadOf({ next, head }: GroupMember, unsent: Unsent): GroupPayload {
  return { ...unsent, seen: { index: next - 1, head } };
}

/**
 * Makes the proposal to leave: a Remove of the own leaf (groups page, section 5). It counts once it is found in the log; one that the next
 * valid commit does not hold is void, and made anew.
 */
export async function createLeavingEntry(tools: CreatingTools, member: GroupMember): Promise<CreatedLeave> {
  const { state } = member;
  const proposal = { type: 'remove', removed: state.ownLeaf } as const;
  const sent = await createProposal(state, proposal, { random: tools.random });
  const entry: EntryToAppend = { ...entryOf(tools, member, 'proposal', sent.message), isLeaving: true };
  const own = {
    entry,
    hash: await hashOf(tools.subtle, entry),
    madeIn: state.interimTranscriptHash,
    leaf: state.ownLeaf,
    reference: sent.reference,
  };
  // Its place in the log decides whether it counts.
  const next: GroupMember = { ...member, state: { ...sent.state, proposals: state.proposals } };
  return { own, step: { member: next, changed: changedBy(sent, member), consumed: sent.consumed } };
}

function entryOf(
  tools: CreatingTools,
  { lastCommit }: GroupMember,
  kind: EntryToAppend['kind'],
  message: Bytes,
): EntryToAppend {
  return { entryId: newEntryId(tools), kind, after: lastCommit, message };
}

function changedBy({ isFirstOfSender }: SentMessage, { state }: GroupMember): Changed {
  return isFirstOfSender ? { secrets: true } : { ratchets: state.ownLeaf };
}
