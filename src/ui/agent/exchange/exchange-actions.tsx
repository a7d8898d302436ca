import type { ExchangeView } from '../../../agent/contracts/views.ts';
import { ConfirmButton } from '../../design/confirm-button.tsx';
import { CopyButton } from '../../design/copy-button.tsx';
import { type AgentPlace, agentAddress, talkPlace } from '../../routing/agent-place.ts';
import { useHosted } from '../../state/hosted.ts';

interface ExchangeActionsProps {
  readonly exchange: ExchangeView;
  readonly go: (place: AgentPlace) => void;
}

/** Shows what can be done with the exchange of the address. */
export function ExchangeActions({ exchange, go }: ExchangeActionsProps) {
  const { engine, agentId } = useHosted();
  const { peerId, sequence, sessionId } = exchange;
  if (sequence === undefined) return null;
  const isGroup = exchange.group !== undefined;
  const here: AgentPlace = { ...talkPlace(peerId), at: sequence };
  const trail = new URLSearchParams({ peer: peerId, ...(isGroup ? {} : { session: sessionId }) }).toString();
  return (
    <div className="exchange-actions">
      <CopyButton text={() => location.origin + agentAddress(agentId, here)} label="link" />
      <button
        type="button"
        className="button button-quiet"
        onClick={() => go({ section: 'audit', tab: 'conversation', filter: trail })}
      >
        {isGroup ? 'Audit trail of the conversation' : 'Audit trail of its session'}
      </button>
      {exchange.status !== 'pending' && exchange.status !== 'held' && (
        <ConfirmButton
          label="Delete"
          accessibleName="Delete this exchange"
          className="button button-quiet"
          heading="Delete this exchange?"
          description={`${isGroup ? 'The message and its answers' : 'The request and its answer'} are erased from this device and from the search index. ${isGroup ? 'The other members keep their copies' : `${peerId} keeps its copy`}. This cannot be undone.`}
          confirm="Delete it"
          action={async () => {
            await engine.deleteHistory(peerId, [sequence]);
            go(talkPlace(peerId));
          }}
        />
      )}
      <button type="button" className="button button-quiet" onClick={() => go(talkPlace(peerId))}>
        Go to the newest
      </button>
    </div>
  );
}
