import { useCallback } from 'react';
import { groupOfConversation } from '../../agent/contracts/group-views.ts';
import { useAgentState } from './hosted.ts';

/** Returns what names a conversation of the history: the peer's agent_id, or the name of the group, which a member chose. */
export function useConversationNames(): (conversation: string) => string {
  const groups = useAgentState((state) => state.groups);
  return useCallback(
    (conversation) => {
      const groupId = groupOfConversation(conversation);
      if (groupId === undefined) return conversation;
      const name = groups.find((group) => group.groupId === groupId)?.name;
      return name ?? `group ${groupId.slice(0, 8)}`;
    },
    [groups],
  );
}
