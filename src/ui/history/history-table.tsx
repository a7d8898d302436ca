import { groupOfConversation } from '../../agent/contracts/group-views.ts';
import type { HistoryUsageView } from '../../agent/contracts/history-views.ts';
import { ConfirmButton } from '../design/confirm-button.tsx';
import { formatCount, formatDateTime, formatRelativeTime, formatSize } from '../design/format.ts';
import { UntrustedText } from '../design/untrusted-text.tsx';
import { ConversationMark } from '../frame/conversation-name.tsx';
import { type AgentPlace, talkPlace } from '../routing/agent-place.ts';
import { PlaceLink } from '../routing/place-link.tsx';
import { useConversationNames } from '../state/conversation-names.ts';
import { useHosted } from '../state/hosted.ts';
import { useNow } from '../state/now.ts';
import { RetentionChoice } from './retention-choice.tsx';

interface HistoryTableProps {
  readonly stored: readonly HistoryUsageView[];
  /** Something was deleted or set, or is about to be: what is shown is read again. */
  readonly changed: () => void;
  readonly go: (place: AgentPlace) => void;
}

/** Shows how much is stored of each peer and for how long. */
export function HistoryTable({ stored, changed, go }: HistoryTableProps) {
  const { engine } = useHosted();
  const now = useNow();
  const nameOf = useConversationNames();
  if (stored.length === 0) {
    return (
      <p className="muted">
        No conversations yet. They are stored here, encrypted under a key that no page can export, so that they continue
        after a reload and can be searched. You choose for each peer how long they are stored.
      </p>
    );
  }
  return (
    <ul className="history-table">
      {stored.map((history) => {
        const { peerId, exchanges, bytes, oldestAt } = history;
        return (
          <li key={peerId} className="history-row">
            <span className="history-peer">
              <ConversationMark conversation={peerId} />{' '}
              <PlaceLink place={talkPlace(peerId)} go={go}>
                <UntrustedText text={nameOf(peerId)} />
              </PlaceLink>
            </span>
            <span className="history-facts muted">
              <span>{formatCount(exchanges, 'exchange')}</span>
              <span>{formatSize(bytes)}</span>
              {oldestAt !== undefined && (
                <time dateTime={new Date(oldestAt).toISOString()} title={formatDateTime(oldestAt)}>
                  since {formatRelativeTime(oldestAt, now)}
                </time>
              )}
            </span>
            <RetentionChoice history={history} changed={changed} />
            <ConfirmButton
              label="Delete"
              accessibleName={`Delete the conversation with ${nameOf(peerId)}`}
              className="button button-danger"
              heading={`Delete the conversation with ${nameOf(peerId)}?`}
              description={`${formatCount(exchanges, 'exchange')} and their entries in the search index are erased from this device. This cannot be undone. ${groupOfConversation(peerId) === undefined ? `${peerId} keeps its copy` : 'The other members keep their copies'}; sessions and the audit trail stay.`}
              confirm="Delete it"
              onOpen={changed}
              action={async () => {
                await engine.deleteHistory(peerId);
                changed();
              }}
            />
          </li>
        );
      })}
    </ul>
  );
}
