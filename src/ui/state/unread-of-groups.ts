import { conversationOf, groupOfConversation } from '../../agent/contracts/group-views.ts';
import type { AgentState } from './agent-state.ts';

/** What of an agent decides which groups have something unread. */
type Groups = Pick<AgentState, 'groups' | 'invitations' | 'phase'>;

/**
 * Brings `counts`, by conversation, up to what a change of the agent's groups and invitations says: of a group what the agent counts, of
 * an invitation that has just come one, until it is seen. What `isInView` is seen. Returns true when a count has changed.
 */
export function unreadOfGroups(
  counts: Map<string, number>,
  now: Groups,
  before: Groups,
  isInView: (groupId: string) => boolean,
): boolean {
  // Until the agent is ready nobody knows its groups: what was counted before a reload stays.
  if (now.phase.phase !== 'ready' || (now.groups === before.groups && now.invitations === before.invitations)) {
    return false;
  }
  let isChanged = false;
  const put = (groupId: string, count: number) => {
    const conversation = conversationOf(groupId);
    if ((counts.get(conversation) ?? 0) === count) return;
    isChanged = true;
    if (count === 0) counts.delete(conversation);
    else counts.set(conversation, count);
  };
  for (const { groupId, kind, unread } of now.groups) put(groupId, kind === 'direct' || isInView(groupId) ? 0 : unread);
  for (const { groupId } of now.invitations) {
    // What was there when the page opened is no news: what of it is unread was counted before.
    const isNew = before.phase.phase === 'ready' && !before.invitations.some((each) => each.groupId === groupId);
    if (isNew && !isInView(groupId)) put(groupId, 1);
  }
  const known = new Set([...now.groups, ...now.invitations].map(({ groupId }) => groupId));
  for (const conversation of [...counts.keys()]) {
    const groupId = groupOfConversation(conversation);
    if (groupId !== undefined && !known.has(groupId)) put(groupId, 0);
  }
  return isChanged;
}
