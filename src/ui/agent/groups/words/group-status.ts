import type { GroupStatus, GroupView } from '../../../../agent/contracts/group-views.ts';

/** Returns the word for how this agent stands in a group; undefined where all is well. */
export function statusWord({ status, blocked, waiting }: Pick<GroupView, 'status' | 'blocked' | 'waiting'>) {
  if (status !== 'member') return statusWords[status];
  if (blocked !== undefined) return 'sending is stopped';
  return waiting === undefined ? undefined : 'waiting';
}

const statusWords: Readonly<Record<Exclude<GroupStatus, 'member'>, string>> = {
  creating: 'being created',
  joining: 'joining',
  stranded: 'stranded',
  forked: 'histories differ',
  leaving: 'leaving',
  left: 'left',
  removed: 'removed',
};

/** True for a group in which this agent was: what was said can be read, and nothing can be sent any more. */
export function isPast({ status }: Pick<GroupView, 'status'>): boolean {
  return status === 'left' || status === 'removed';
}
