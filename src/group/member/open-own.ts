import { noBytes } from '../../mls/bytes.ts';
import { endedSecrets } from '../../mls/group/ended-secrets.ts';
import { stageCommit } from '../../mls/group/stage-commit.ts';
import type { PrivateMessageHead } from '../../mls/structures/private-message.ts';
import { equalConstantTime } from '../../protocol/bytes.ts';
import type { LogEntry } from '../log/entry.ts';
import type { Changed, GroupMember, MemberStep } from './group-member.ts';
import { openLeave } from './open-leave.ts';
import type { OpenedEntry } from './opened-entry.ts';
import type { OwnEntries, OwnLeave, OwnMessage, PendingCommit } from './own-entries.ts';
import { stepWith } from './position.ts';
import { isRefusal } from './refusal.ts';

type Own = NonNullable<ReturnType<OwnEntries['find']>>;

/**
 * Opens what this member has sent itself: it is of the epoch at its place in the log like everything else, or it is skipped. `head` is
 * undefined when the service has dropped the bytes, which the others have read.
 */
export async function openOwn(
  own: Own,
  head: PrivateMessageHead | undefined,
  entry: LogEntry,
  position: MemberStep,
): Promise<OpenedEntry> {
  if (own.kind === 'message') return openOwnMessage(own.message, head, position);
  if (own.kind === 'leave') return openOwnLeave(own.leave, position);
  return openOwnCommit(own.commit, entry, position);
}

function openOwnMessage(own: OwnMessage, head: PrivateMessageHead | undefined, position: MemberStep): OpenedEntry {
  const { epoch } = position.member.state.context;
  const step = over(position, { outbox: own.entry.entryId });
  if (head === undefined || head.epoch === epoch) return { type: 'own_message', own, step };
  const by = position.member.selfId;
  return { type: 'skipped', code: 'made_for_another_epoch', by, own, step };
}

function openOwnLeave(own: OwnLeave, position: MemberStep): OpenedEntry {
  const { selfId: by } = position.member;
  const step = over(position, { outbox: own.entry.entryId });
  if (!isMadeIn(own, position)) return { type: 'skipped', code: 'made_for_another_epoch', by, step };
  const { leaf, reference } = own;
  const sender = { type: 'member', leafIndex: leaf } as const;
  const proposal = { type: 'remove', removed: leaf } as const;
  try {
    return openLeave({ step, leaf, by, authenticatedData: noBytes }, { proposal, sender, reference });
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    return { type: 'skipped', code: cause.code, by, step };
  }
}

async function openOwnCommit(own: PendingCommit, entry: LogEntry, position: MemberStep): Promise<OpenedEntry> {
  const { selfId: by, state } = position.member;
  const passedOver = droppedCommit(position, own);
  if (!isMadeIn(own, position)) return { type: 'skipped', code: 'made_for_another_epoch', by, step: passedOver };
  try {
    const staged = await stageCommit(state, own.commit);
    return { type: 'commit', entry, staged, by, own, passedOver };
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    return { type: 'skipped', code: cause.code, by, step: passedOver };
  }
}

/** Returns the step in which a pending commit is dropped: its next epoch will not be, and a key that only that has goes. */
export function droppedCommit(step: MemberStep, pending: PendingCommit): MemberStep {
  const dropped = over(step, {
    pending: 'gone',
    ...(pending.newKey === undefined ? {} : { endedKeys: [pending.newKey.publicKey] }),
  });
  return { ...dropped, consumed: [...step.consumed, ...endedSecrets(pending.next, step.member.state)] };
}

/** Drops a commit that the log has not taken: the member goes on in the present epoch (groups page, section 5). */
export function dropPendingCommit(member: GroupMember, pending: PendingCommit): MemberStep {
  return droppedCommit({ member, changed: {}, consumed: [] }, pending);
}

function over(step: MemberStep, changed: Changed): MemberStep {
  return stepWith(step, {}, changed);
}

/** Epochs after two commits to one state have one number: the transcript tells them apart. */
function isMadeIn({ madeIn }: Pick<PendingCommit, 'madeIn'>, { member }: MemberStep): boolean {
  return equalConstantTime(madeIn, member.state.interimTranscriptHash);
}
