import * as v from 'valibot';
import { whole } from '../rows/row-values.ts';

/**
 * Why this agent is stranded, where it is not that it missed a change of the keys. `older_log`: the service's log ends before what this agent has read, `lost`
 * entries earlier; `other_log`: it goes on otherwise; `not_listed`: the service does not count this agent as a member;
 * `taken_in`: a member has taken it in again, and its Welcome is on the way. `isDenied`: every
 * member that was asked to take it in again has said that it knows it in no such group.
 */
export const strandingShape = v.strictObject({
  kind: v.picklist(['older_log', 'other_log', 'not_listed', 'missed_change', 'taken_in']),
  lost: v.exactOptional(whole),
  isDenied: v.exactOptional(v.boolean()),
});

/** Why this agent is stranded; see `strandingShape`. */
export type Stranding = v.InferOutput<typeof strandingShape>;

/** Returns what a person is told who may not send, and what to do about it. */
export function strandedWords(stranding: Stranding | null | undefined): string {
  const asks =
    stranding?.kind === 'taken_in' ? 'If none has come in a minute, it asks the members' : 'It asks the members';
  const whatToDo = stranding?.isDenied === true ? nobodyKnowsIt : `${asks} to take it in again.`;
  return `${whyOf(stranding)} ${whatToDo} Nothing was sent.`;
}

const nobodyKnowsIt =
  'Every member that was asked answers that it cannot take this agent in: start the group anew with the same members, or leave it.';

function whyOf(stranding: Stranding | null | undefined): string {
  switch (stranding?.kind) {
    case 'older_log':
      return `The delivery service was restored from an older backup: its log of this group lacks the newest ${stranding.lost ?? 0} entries that this agent has read. They stay stored here; a member that had not read them does not get them.`;
    case 'other_log':
      return 'The delivery service shows another log of this group than the one that this agent has read: it was restored from an older backup, or it does not tell the truth.';
    case 'not_listed':
      return 'The delivery service does not count this agent as a member any more: it was away for more than 30 days or was removed meanwhile, or the service was restored from an older backup.';
    case 'taken_in':
      return 'A member has taken this agent in again. It goes on with the Welcome that comes with that.';
    default:
      return 'This agent cannot read the group on.';
  }
}
