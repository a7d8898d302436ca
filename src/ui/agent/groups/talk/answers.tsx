import { useState } from 'react';
import type { GroupAnswerView } from '../../../../agent/contracts/group-views.ts';
import type { GroupExchangeView } from '../../../../agent/contracts/views.ts';
import { namesOf } from '../../../../console/agent-names.ts';
import { FoldedText } from '../../../design/folded-text.tsx';
import { formatDateTime, formatMoment } from '../../../design/format.ts';
import type { MarkedWord } from '../../../design/marked-ranges.ts';
import { PartyMark, partyColour } from '../../../design/party.tsx';
import { UntrustedText } from '../../../design/untrusted-text.tsx';
import { useToday } from '../../../design/use-today.ts';
import { useIsPast } from '../../../state/now.ts';
import { SaidValue } from '../../exchange/said-value.tsx';

/** Answers that are shown until all are asked for. */
const shownAtFirst = 12;

interface AnswersProps {
  readonly exchange: GroupExchangeView;
  readonly words: readonly MarkedWord[];
}

/** Shows the answers to a request in the order in which they came, and who has not answered yet. */
export function Answers({ exchange, words }: AnswersProps) {
  const { answers } = exchange.group;
  const [isWhole, setWhole] = useState(false);
  const today = useToday();
  const shown = isWhole ? answers : answers.slice(0, shownAtFirst);
  return (
    <>
      {answers.length > 0 && (
        <ol className="answers" aria-label="Answers">
          {shown.map((answer) => (
            <Answer key={answer.from} answer={answer} today={today} words={words} />
          ))}
        </ol>
      )}
      {shown.length < answers.length && (
        <button type="button" className="json-more" onClick={() => setWhole(true)}>
          Show all {answers.length} answers
        </button>
      )}
      <Awaiting exchange={exchange} />
    </>
  );
}

interface AnswerProps {
  readonly answer: GroupAnswerView;
  /** The midnight with which this day began. */
  readonly today: number;
  readonly words: readonly MarkedWord[];
}

function Answer({ answer: { from, at, status, result, error }, today, words }: AnswerProps) {
  return (
    <li className="answer" data-status={status}>
      <p className="answer-by">
        <PartyMark agentId={from} /> <strong style={{ color: partyColour(from) }}>{from}</strong>{' '}
        <span className={`exchange-status-${status} answer-status`}>{status === 'success' ? 'SUCCESS' : 'ERROR'}</span>{' '}
        <time className="muted" dateTime={new Date(at).toISOString()} title={formatDateTime(at)}>
          {formatMoment(at, today)}
        </time>
      </p>
      {error === undefined ? (
        <SaidValue value={result ?? null} isJson={false} words={words} />
      ) : (
        <div className="exchange-error">
          <code>
            <UntrustedText text={error.code} />
          </code>
          <FoldedText text={error.detail} words={words} />
        </div>
      )}
    </li>
  );
}

/** Says how many have answered, who has not, and until when they may. */
function Awaiting({ exchange: { group, status } }: { readonly exchange: GroupExchangeView }) {
  const { answers, awaiting, expiresAt } = group;
  const isOver = useIsPast(expiresAt ?? Number.POSITIVE_INFINITY);
  const all = answers.length + awaiting.length;
  if (all === 0 || (status === 'failed' && answers.length === 0)) return null;
  if (awaiting.length === 0) {
    return <p className="awaiting small muted">{all === 1 ? 'Answered' : `All ${all} have answered`}</p>;
  }
  return (
    <p className="awaiting small muted">
      {answers.length} of {all} answered · {isOver ? 'no answer in time from' : 'not yet'} {namesOf(awaiting)}
      {expiresAt !== undefined && !isOver && <> · until {formatDateTime(expiresAt)}</>}
    </p>
  );
}
