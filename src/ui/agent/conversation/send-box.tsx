import { useId, useRef, useState } from 'react';
import type { FailureView } from '../../../agent/contracts/views.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { partyOf } from '../../design/party.tsx';
import { useDraft, useDraftFailure } from '../../state/drafts.ts';
import { failureOf } from '../../state/failure.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';
import { JsonField, onSubmitKey } from '../exchange/json-field.tsx';
import { readJson } from '../exchange/read-json.ts';
import { shownSession } from '../sessions/shown-session.ts';

const otherMethod = 'other…';
const fallbackMethods = ['send_request', 'echo', 'ping'];

interface SendBoxProps {
  readonly peerId: string;
  /** A request is about to be sent. */
  readonly sending: () => void;
}

/** Writes a request to a peer. What was written stays, whatever becomes of it. */
export function SendBox({ peerId, sending }: SendBoxProps) {
  const { engine, agentId } = useHosted();
  const known = useAgentState((state) => state.methods);
  const standing = useAgentState(({ sessions }) => shownSession(sessions, { peerId })?.status);
  const methods = known.length === 0 ? fallbackMethods : known;
  const [choice, setChoice] = useDraft(agentId, `method ${peerId}`, methods[0] ?? otherMethod);
  const [custom, setCustom] = useDraft(agentId, `custom method ${peerId}`, '');
  const [text, setText] = useDraft(agentId, `parameters ${peerId}`, startingParameters(choice, peerId));
  const [problem, setProblem] = useState<string>();
  const [failed, setFailed] = useState<{ readonly failure: FailureView; readonly since: number }>();
  const isInConversation = useAgentState(({ exchanges }) =>
    exchanges.some(
      ({ direction, peerId: peer, at }) =>
        direction === 'outgoing' && peer === peerId && failed !== undefined && at >= failed.since,
    ),
  );
  const notStored = useDraftFailure();
  const problemId = useId();
  const form = useRef<HTMLFormElement>(null);

  const chooseMethod = (next: string) => {
    if (text === startingParameters(choice, peerId)) setText(startingParameters(next, peerId));
    setChoice(next);
  };
  const send = async () => {
    const method = choice === otherMethod ? custom.trim() : choice;
    const parameters = readJson(text);
    if (!parameters.ok) return setProblem(parameters.problem);
    if (method === '') return setProblem('Name the method that the peer should run.');
    setProblem(undefined);
    setFailed(undefined);
    const since = Date.now();
    sending();
    try {
      await engine.send({ peerId, method, parameters: parameters.value });
    } catch (cause) {
      setFailed({ failure: failureOf(cause), since });
    }
  };

  return (
    <form
      ref={form}
      className="send"
      aria-label={`Send to ${peerId}`}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      onKeyDown={(event) => onSubmitKey(event, () => form.current?.requestSubmit())}
    >
      <div className="send-method">
        <label className="field">
          <span className="field-label">Method</span>
          <select className="input mono" value={choice} onChange={(event) => chooseMethod(event.target.value)}>
            {[...methods, otherMethod].map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        {choice === otherMethod && (
          <input
            className="input mono"
            aria-label="Name of the method"
            placeholder="method name"
            value={custom}
            spellCheck={false}
            onChange={(event) => setCustom(event.target.value)}
          />
        )}
      </div>
      <JsonField
        label="Parameters, as JSON"
        className="send-parameters"
        text={text}
        change={(next) => {
          setText(next);
          setProblem(undefined);
        }}
        isWrong={problem !== undefined}
        problemId={problemId}
      />
      <div className="send-end">
        <button type="submit" className="button button-primary">
          Send
        </button>
        <span className="send-keys muted" aria-hidden="true">
          {modifier} ⏎
        </span>
      </div>
      <div className="send-notes">
        <p id={problemId} className="field-error" role="status">
          {problem}
        </p>
        {failed !== undefined && !isInConversation && <FailureLine failure={failed.failure} />}
        {notStored !== undefined && (
          <p className="small muted">What you type here is lost when the page is reloaded: {notStored.detail}</p>
        )}
        {standing !== 'ESTABLISHED' && standing !== 'HANDSHAKING' && (
          <p className="small muted">
            {standing === undefined
              ? `No session with ${peerId} is open. Sending makes one first.`
              : `The session with ${peerId} has ended. Sending makes a new one first.`}
          </p>
        )}
      </div>
    </form>
  );
}

const modifier = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl';

function startingParameters(method: string, peerId: string): string {
  switch (method) {
    case 'send_request':
      return `{"query": "Hello ${partyOf(peerId).name}!"}`;
    case 'echo':
      return `{"text": "Hello ${partyOf(peerId).name}!"}`;
    default:
      return '{}';
  }
}
