import { useId, useState } from 'react';
import type { ExchangeView, FailureView, PersonAnswer } from '../../../agent/contracts/views.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { partyOf } from '../../design/party.tsx';
import { useDraft } from '../../state/drafts.ts';
import { failureOf } from '../../state/failure.ts';
import { useHosted } from '../../state/hosted.ts';
import { useNow } from '../../state/now.ts';
import { GrowingField } from '../writing/growing-field.tsx';
import { readJson } from '../writing/read-json.ts';
import { onSubmitKey } from '../writing/send-keys.ts';

/** Shows a request that waits for the person: time left, the answer, or a refusal. */
export function HeldAnswer({ exchange }: { readonly exchange: ExchangeView }) {
  const { engine, agentId } = useHosted();
  const { peerId, requestId, answerBy } = exchange;
  const [text, setText] = useDraft(
    agentId,
    `answer ${peerId} ${requestId}`,
    JSON.stringify({ response: `Hello ${partyOf(peerId).name}!` }),
  );
  const [problem, setProblem] = useState<string>();
  const [failure, setFailure] = useState<FailureView>();
  const problemId = useId();
  const give = (answer: PersonAnswer) => {
    setFailure(undefined);
    engine.answer(peerId, requestId, answer).catch((cause: unknown) => setFailure(failureOf(cause)));
  };
  const answer = () => {
    const read = readJson(text);
    if (read.ok) give({ status: 'SUCCESS', result: read.value });
    else setProblem(read.problem);
  };
  return (
    <form
      className="exchange-answer held"
      onSubmit={(event) => {
        event.preventDefault();
        answer();
      }}
      onKeyDown={(event) => onSubmitKey(event, answer)}
    >
      <GrowingField
        label="Your answer, as JSON"
        isMono
        text={text}
        change={(next) => {
          setText(next);
          setProblem(undefined);
        }}
        isWrong={problem !== undefined}
        problemId={problemId}
      />
      <p id={problemId} className="field-error" role="status">
        {problem}
      </p>
      <div className="held-actions">
        <button type="submit" className="button button-primary">
          Answer
        </button>
        <button
          type="button"
          className="button button-danger"
          onClick={() => give({ status: 'ERROR', detail: 'The person at the other side refused this request.' })}
        >
          Refuse
        </button>
        {answerBy !== undefined && <TimeLeft from={exchange.at} until={answerBy} />}
      </div>
      {failure !== undefined && <FailureLine failure={failure} />}
    </form>
  );
}

function TimeLeft({ from, until }: { readonly from: number; readonly until: number }) {
  // The shown time may lag a second behind: never more than the whole wait.
  const left = Math.min(Math.round((until - from) / 1000), Math.max(0, Math.ceil((until - useNow()) / 1000)));
  return (
    <span className="small muted" role="timer">
      {left === 0
        ? 'the sender has been told that nobody answered'
        : `${left} s until the sender is told that nobody answered`}
    </span>
  );
}
