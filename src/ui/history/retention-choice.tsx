import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { groupOfConversation } from '../../agent/contracts/group-views.ts';
import type { HistoryUsageView } from '../../agent/contracts/history-views.ts';
import type { FailureView } from '../../agent/contracts/views.ts';
import { ConfirmDialog } from '../design/confirm-dialog.tsx';
import { FailureLine } from '../design/failure-line.tsx';
import { formatCount } from '../design/format.ts';
import { useConversationNames } from '../state/conversation-names.ts';
import { failureOf } from '../state/failure.ts';
import { useHosted } from '../state/hosted.ts';
import { choicesWith, retentionWords } from './retentions.ts';

interface RetentionChoiceProps {
  readonly history: HistoryUsageView;
  readonly changed: () => void;
}

/**
 * Shows for how long the conversation with a peer is stored, and changes it. It asks before something would go, and
 * says how much.
 */
export function RetentionChoice({ history, changed }: RetentionChoiceProps) {
  const { engine, agentId } = useHosted();
  const queries = useQueryClient();
  const { peerId, exchanges } = history;
  const name = useConversationNames()(peerId);
  const isGroup = groupOfConversation(peerId) !== undefined;
  const [asked, setAsked] = useState<HistoryUsageView['retention']>();
  const [failure, setFailure] = useState<FailureView>();
  const choices = choicesWith(history.retention);
  const wouldGo = (retention: HistoryUsageView['retention']) =>
    queryOptions({
      queryKey: ['stored', agentId, 'would go', peerId, retention],
      queryFn: () => engine.wouldDelete(peerId, retention),
    });
  const { data: goes = 0 } = useQuery({ ...wouldGo(asked ?? history.retention), enabled: asked !== undefined });
  const set = async (retention: HistoryUsageView['retention']) => {
    await engine.setRetention(peerId, retention);
    changed();
  };
  const choose = async (words: string) => {
    const retention = choices.find((each) => retentionWords(each) === words);
    if (retention === undefined) return;
    setFailure(undefined);
    try {
      if ((await queries.fetchQuery(wouldGo(retention))) === 0) await set(retention);
      else {
        setAsked(retention);
        changed();
      }
    } catch (cause) {
      setFailure(failureOf(cause));
    }
  };
  const words = asked === undefined ? '' : retentionWords(asked);
  return (
    <span className="history-retention">
      <label>
        <span className="muted">keep</span>
        <span className="visually-hidden"> of the conversation with {name}</span>
        <select
          className="input"
          value={retentionWords(history.retention)}
          onChange={(event) => void choose(event.target.value)}
        >
          {choices.map((each) => (
            <option key={retentionWords(each)}>{retentionWords(each)}</option>
          ))}
        </select>
      </label>
      {failure !== undefined && <FailureLine failure={failure} />}
      <ConfirmDialog
        open={asked !== undefined}
        close={() => setAsked(undefined)}
        heading={`Store only ${words}?`}
        description={`${formatCount(goes, 'exchange')} of ${exchanges} with ${name} ${goes === 1 ? 'is' : 'are'} deleted at once, the oldest first, and later ones are deleted automatically. This cannot be undone. ${isGroup ? 'The other members keep their copies' : `${peerId} keeps its copy`}.`}
        confirm={`Delete ${formatCount(goes, 'exchange')}`}
        action={async () => {
          if (asked !== undefined) await set(asked);
        }}
      />
    </span>
  );
}
