import type { GroupView } from '../../../../agent/contracts/group-views.ts';
import { isPast } from '../words/group-status.ts';

/**
 * Returns the groups that are listed: not those of two, which are the conversation with a peer. Where something was said last comes
 * first, and what this agent is no longer in comes last.
 */
export function listedGroups(groups: readonly GroupView[]): readonly GroupView[] {
  return groups
    .filter(({ kind }) => kind === 'group')
    .sort(
      (a, b) =>
        Number(isPast(a)) - Number(isPast(b)) || b.latestAt - a.latestAt || a.groupId.localeCompare(b.groupId, 'en'),
    );
}
