import { groupOfConversation } from '../../agent/contracts/group-views.ts';
import { GroupMark } from '../design/group-mark.tsx';
import { PartyMark } from '../design/party.tsx';
import { UntrustedText } from '../design/untrusted-text.tsx';
import { useConversationNames } from '../state/conversation-names.ts';

/** Shows the mark and the name of a conversation of the history: of a peer, or of a group. */
export function ConversationName({ conversation }: { readonly conversation: string }) {
  const nameOf = useConversationNames();
  return (
    <>
      <ConversationMark conversation={conversation} /> <UntrustedText text={nameOf(conversation)} />
    </>
  );
}

/** Shows the mark of a conversation. Decorative: its name is always written beside it. */
export function ConversationMark({ conversation }: { readonly conversation: string }) {
  return groupOfConversation(conversation) === undefined ? <PartyMark agentId={conversation} /> : <GroupMark />;
}
