import { useId, useRef, useState } from 'react';
import type { ExchangeView, FailureView, Json, PersonAnswer } from '../../../agent/contracts/views.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { useDraft } from '../../state/drafts.ts';
import { failureOf } from '../../state/failure.ts';
import { useHosted } from '../../state/hosted.ts';
import { useNow } from '../../state/now.ts';
import { GrowingField } from '../writing/growing-field.tsx';
import { ModeSwitch } from '../writing/mode-switch.tsx';
import { leadTo, type Problem } from '../writing/problem.ts';
import { readJson, readText } from '../writing/read-json.ts';
import { onSendKey, onSubmitKey } from '../writing/send-keys.ts';

/** Shows a request that waits for the person: time left, the answer, or a refusal. */
export function HeldAnswer({ exchange }: { readonly exchange: ExchangeView }) {
  const { engine, agentId } = useHosted();
  const { peerId, requestId, answerBy } = exchange;
  const [mode, setMode] = useDraft(agentId, `answer as ${peerId}`, 'text');
  const isJson = mode === 'JSON';
  const [text, setText] = useDraft(agentId, `answer ${isJson ? '' : 'text '}${peerId} ${requestId}`, '');
  const [problem, setProblem] = useState<Problem>();
  const [failure, setFailure] = useState<FailureView>();
  const problemId = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const give = (answer: PersonAnswer) => {
    setFailure(undefined);
    engine.answer(peerId, requestId, answer).catch((cause: unknown) => setFailure(failureOf(cause)));
  };
  const answer = () => {
    const read = isJson ? readJson(text) : readText(text);
    if (read.ok) {
      const result: Json = isJson ? read.value : { response: read.value };
      give({ status: 'SUCCESS', result });
    } else {
      setProblem(read.problem);
      leadTo(field.current, read.problem);
    }
  };
  return (
    <form
      className="exchange-answer held"
      onSubmit={(event) => {
        event.preventDefault();
        answer();
      }}
    >
      <GrowingField
        key={mode}
        label={isJson ? 'Your answer, as JSON' : 'Your answer'}
        isMono={isJson}
        text={text}
        change={(next) => {
          setText(next);
          setProblem(undefined);
        }}
        problem={problem}
        problemId={problemId}
        field={field}
        onKeyDown={(event) => (isJson ? onSubmitKey(event, answer) : onSendKey(event, answer))}
      />
      <p id={problemId} className="field-error" role="status">
        {problem?.detail}
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
        <ModeSwitch
          label="Write the answer as"
          modes={['text', 'JSON']}
          mode={isJson ? 'JSON' : 'text'}
          choose={(next) => {
            setMode(next);
            setProblem(undefined);
          }}
        />
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
