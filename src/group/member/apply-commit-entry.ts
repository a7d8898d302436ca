import type { AppliedCommit } from '../../mls/group/apply-commit.ts';
import { applyCommit } from '../../mls/group/apply-commit.ts';
import { endedSecrets } from '../../mls/group/ended-secrets.ts';
import type { GroupState } from '../../mls/group/group-state.ts';
import type { MlsTraceEvent } from '../../mls/group/trace.ts';
import { leafAt } from '../../mls/tree/ratchet-tree.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { GroupCode } from '../codes.ts';
import type { CommitChange } from '../rules/commit-change.ts';
import type { MemberStep } from './group-member.ts';
import { acquaintedAfter } from './known.ts';
import { droppedCommit } from './open-own.ts';
import type { AppliedEntry, OpenedCommit } from './opened-entry.ts';
import type { PendingCommit } from './own-entries.ts';
import { stepWith } from './position.ts';
import { isRefusal } from './refusal.ts';

/** What `judgeCommit` found, once it needs nothing more. */
export type FinalVerdict =
  | { readonly valid: true; readonly change: CommitChange }
  | { readonly valid: false; readonly code: GroupCode };

/**
 * Makes of a judged commit what it makes of this member (groups page, section 4). One that is not valid is skipped by everybody. One that
 * is, and whose path or confirmation tag fails for this member, is skipped by it alone, perhaps: the member is in doubt then. `pending` is
 * the commit of this member that waits, if one does: it goes with its epoch.
 */
export async function applyCommitEntry(
  opened: OpenedCommit,
  verdict: FinalVerdict,
  pending?: PendingCommit,
): Promise<AppliedEntry> {
  const { by, entry, own, passedOver } = opened;
  if (!verdict.valid) return { type: 'skipped', code: verdict.code, by, step: passedOver };
  if (own !== undefined) return ownEpoch(opened, own, verdict.change);
  let applied: AppliedCommit;
  try {
    applied = await applyCommit(opened.staged);
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    const step = stepWith(passedOver, { doubt: { index: entry.index, at: entry.at } }, {});
    return { type: 'failed', code: cause.code, by, step };
  }
  const { change } = verdict;
  const consumed = [...passedOver.consumed, ...applied.consumed];
  if (applied.type === 'removed') {
    const waiting = pending === undefined ? [] : endedSecrets(pending.next);
    return { type: 'removed', by, change, consumed: [...consumed, ...waiting] };
  }
  const step = nextEpoch(opened, change, applied.state, consumed);
  const whole = pending === undefined ? step : droppedCommit(step, pending);
  return { type: 'next_epoch', by, isOwn: false, change, schedule: scheduleIn(applied.trace), step: whole };
}

function ownEpoch(opened: OpenedCommit, own: PendingCommit, change: CommitChange): AppliedEntry {
  const { staged } = opened;
  const { state } = opened.passedOver.member;
  const consumed = endedSecrets(state, own.next);
  const former = own.newKey === undefined ? undefined : leafAt(staged.oldTree, state.ownLeaf)?.signatureKey;
  const step = nextEpoch(opened, change, own.next, consumed, former);
  const renewed =
    staged.path === undefined ? step : stepWith(step, { renewedAt: opened.entry.at, hasTraffic: false }, {});
  return { type: 'next_epoch', by: opened.by, isOwn: true, change, schedule: own.schedule, step: renewed };
}

function nextEpoch(
  { entry, passedOver }: OpenedCommit,
  change: CommitChange,
  state: GroupState,
  consumed: readonly Bytes[],
  endedKey?: Bytes,
): MemberStep {
  const { member, changed } = passedOver;
  const acquaintances = acquaintedAfter(member.acquaintances, change, Number(state.context.epoch));
  return {
    member: { ...member, state, epochBegan: entry.at, acquaintances, doubt: undefined, ahead: [] },
    changed: {
      position: true,
      at: entry.at,
      epoch: true,
      acquaintances: true,
      pending: 'gone',
      ...(changed.lists === undefined ? {} : { lists: true }),
      ...(endedKey === undefined ? {} : { endedKeys: [endedKey] }),
    },
    consumed,
  };
}

/** Returns the fingerprints of an epoch's key schedule that a trace has. */
export function scheduleIn(trace: readonly MlsTraceEvent[]): Readonly<Record<string, string>> {
  for (const event of trace) if (event.type === 'epoch_derived') return event.fingerprints;
  return {};
}
