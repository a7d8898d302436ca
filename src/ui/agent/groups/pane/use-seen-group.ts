import { type RefObject, useEffect } from 'react';
import { conversationOf } from '../../../../agent/contracts/group-views.ts';
import { useHosted } from '../../../state/hosted.ts';
import { isInView, seeConversation } from '../../../state/unread.ts';

/** Takes what was said in a group, or an invitation into it, for seen while `view` is in view, and has the agent note it. */
export function useSeenGroup(view: RefObject<HTMLElement | null>, groupId: string, unread: number): void {
  const { engine, agentId } = useHosted();
  const conversation = conversationOf(groupId);
  useEffect(() => {
    if (view.current === null) return;
    const note = () => {
      // What is not noted now is noted with the next message.
      if (unread > 0) engine.markGroupRead(groupId).catch(() => undefined);
    };
    if (isInView(agentId, conversation)) note();
    return seeConversation(view.current, agentId, conversation, note);
  }, [view, engine, agentId, conversation, groupId, unread]);
}
