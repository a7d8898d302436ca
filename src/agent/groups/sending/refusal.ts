import { ParleyError } from '../../../protocol/errors.ts';
import type { MemberTrust } from '../../contracts/group-views.ts';
import type { Group } from '../state/group.ts';
import { strandedWords } from '../state/stranding.ts';

/** What may stop sending in a group. */
export interface MayStop {
  readonly trusts: ReadonlyMap<string, MemberTrust>;
  readonly isForked: boolean;
}

/** Returns the error that sending into a group is refused with; undefined while it is not. */
export function refusalOf({ standing, member }: Group, { trusts, isForked }: MayStop): ParleyError | undefined {
  if (standing.status === 'stranded') {
    return new ParleyError('group_stranded', strandedWords(standing.stranding));
  }
  if (member === undefined || standing.isLeaving) {
    return new ParleyError('unknown_group', 'This agent is not in the group any more. Nothing was sent.');
  }
  if (isForked && !standing.goesOnForked) {
    const detail = 'Members have another history of this group than this agent. Nothing is sent until you decide.';
    return new ParleyError('group_forked', detail);
  }
  const distrusted = [...trusts].filter(([, trust]) => trust !== 'trusted' && trust !== 'waiting');
  if (distrusted.length === 0) return undefined;
  const who = distrusted.map(([agentId]) => agentId).join(', ');
  return new ParleyError(
    'member_not_trusted',
    `${who} is in the group and not trusted. Nothing is sent until it is removed or you decide.`,
  );
}
