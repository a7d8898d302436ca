import type { ExchangeView } from '../../../agent/contracts/views.ts';
import { ConfirmButton } from '../../design/confirm-button.tsx';
import { CopyButton } from '../../design/copy-button.tsx';
import { type AgentPlace, agentAddress } from '../../routing/agent-place.ts';
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
  const here: AgentPlace = { section: 'talk', peerId, tab: 'conversation', at: sequence };
  const trail = new URLSearchParams({ peer: peerId, session: sessionId }).toString();
  return (
    <div className="exchange-actions">
      <CopyButton text={() => location.origin + agentAddress(agentId, here)} label="link" />
      <button
        type="button"
        className="button button-quiet"
        onClick={() => go({ section: 'audit', tab: 'conversation', filter: trail })}
      >
        Audit trail of its session
      </button>
      {exchange.status !== 'pending' && exchange.status !== 'held' && (
        <ConfirmButton
          label="Delete"
          accessibleName="Delete this exchange"
          className="button button-quiet"
          heading="Delete this exchange?"
          description={`The request and its answer are erased from this device and from the search index. ${peerId} keeps its copy. This cannot be undone.`}
          confirm="Delete it"
          action={async () => {
            await engine.deleteHistory(peerId, [sequence]);
            go({ section: 'talk', peerId, tab: 'conversation' });
          }}
        />
      )}
      <button
        type="button"
        className="button button-quiet"
        onClick={() => go({ section: 'talk', peerId, tab: 'conversation' })}
      >
        Go to the newest
      </button>
    </div>
  );
}
