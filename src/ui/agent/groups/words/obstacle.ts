import type { GroupView } from '../../../../agent/contracts/group-views.ts';

/** Returns why nothing can be sent into a group now; undefined when it can. What the service does not take now is sent later. */
export function obstacleOf({ status, blocked }: Pick<GroupView, 'status' | 'blocked'>): string | undefined {
  switch (status) {
    case 'creating':
      return 'The group is being created. Your text stays here until then.';
    case 'joining':
      return 'This agent is joining the group. Your text stays here until then.';
    case 'stranded':
      return 'Nothing is sent until a member has taken this agent in again. Your text stays here.';
    case 'forked':
      return 'Nothing is sent until you have decided about the differing histories. Your text stays here.';
    case 'leaving':
      return 'This agent is leaving the group and sends nothing more.';
    case 'left':
    case 'removed':
      return 'This agent is not in the group any more.';
    case 'member':
      return blocked === undefined || blocked.code === 'delivery_unreachable'
        ? undefined
        : 'Nothing is sent for the reason above. Your text stays here.';
  }
}
