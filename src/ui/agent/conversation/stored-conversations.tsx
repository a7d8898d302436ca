import { formatCount } from '../../design/format.ts';
import { ConversationName } from '../../frame/conversation-name.tsx';
import { type AgentPlace, talkPlace } from '../../routing/agent-place.ts';
import { PlaceLink } from '../../routing/place-link.tsx';
import { useHosted } from '../../state/hosted.ts';
import { useStoredHistories } from '../../state/use-stored-histories.ts';

/** Shows the conversations that are stored on this device, each with a link to it; nothing when there are none. */
export function StoredConversations({ go }: { readonly go: (place: AgentPlace) => void }) {
  const { agentId } = useHosted();
  const { data = [] } = useStoredHistories();
  const stored = data.filter(({ exchanges }) => exchanges > 0);
  if (stored.length === 0) return null;
  return (
    <section className="no-session-stored" aria-label={`Conversations of ${agentId} stored on this device`}>
      <h2>Continue a conversation</h2>
      <ul>
        {stored.map(({ peerId, exchanges }) => (
          <li key={peerId}>
            <PlaceLink place={talkPlace(peerId)} go={go}>
              <ConversationName conversation={peerId} />
            </PlaceLink>{' '}
            <span className="small muted">{formatCount(exchanges, 'exchange')}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
