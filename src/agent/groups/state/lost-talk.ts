import type { TalkOfGroups, TalkStep } from '../talk/ports.ts';
import type { Group } from './group.ts';

const reasons = {
  left: 'This agent has left the group before the message was in its log. Nobody read it.',
  removed: 'This agent was removed from the group before the message was in its log. Nobody read it.',
} as const;

/** Returns what shows everything that still waited in a group as lost: this agent is not in it any more. */
export function lostTalk(
  talk: Pick<TalkOfGroups, 'lost'>,
  { groupId, queue }: Pick<Group, 'groupId' | 'queue'>,
  status: keyof typeof reasons,
): Promise<readonly TalkStep[]> {
  const why = { code: 'unknown_group', title: 'Not in this group', detail: reasons[status] } as const;
  return Promise.all(queue.map(({ messageId }) => talk.lost(groupId, messageId, why)));
}
