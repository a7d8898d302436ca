import { type ReactNode, useId, useRef, useState } from 'react';
import type { FailureView } from '../../../agent/contracts/views.ts';
import { checkTextRequest, type TypedRequest, textOfRequest, textRequest } from '../../../console/text-request.ts';
import { FailureLine } from '../../design/failure-line.tsx';
import { partyOf } from '../../design/party.tsx';
import { draftNow, useDraft, useDraftFailure } from '../../state/drafts.ts';
import { failureOf } from '../../state/failure.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';
import { shownSession } from '../sessions/shown-session.ts';
import { GrowingField } from '../writing/growing-field.tsx';
import { startingParameters } from '../writing/method-fields.ts';
import { MethodWriting, otherMethod } from '../writing/method-writing.tsx';
import { ModeSwitch } from '../writing/mode-switch.tsx';
import { leadTo, type Problem } from '../writing/problem.ts';
import { readJson } from '../writing/read-json.ts';
import { refusedMethods } from '../writing/refused-methods.ts';
import { onSendKey } from '../writing/send-keys.ts';
import { useRecall } from '../writing/use-recall.ts';
import { LeaveChoice } from './leave-choice.tsx';
import { isAtRest, isInConversation, type Tried, withUnsent } from './unsent.ts';
import './send-box.css';

const fallbackMethods = ['send_request', 'echo', 'ping', 'count', 'tell'];

/** Stored exchanges among which a request that has just failed is looked for. */
const newest = 50;

interface SendBoxProps {
  readonly peerId: string;
  /** The directory says that the peer is offline: a message can be left for it. */
  readonly isAway: boolean;
  /** A request is about to be sent. */
  readonly sending: () => void;
  /** What else can be done here, beside the ways to write. */
  readonly beside?: ReactNode;
}

/** What was not sent, and why. */
interface Failed {
  readonly failure: FailureView;
  readonly tried: Tried;
}

/** Writes to a peer: plain text, or a method with its parameters. What could not be sent stays. */
export function SendBox({ peerId, isAway, sending, beside }: SendBoxProps) {
  const { engine, agentId, store } = useHosted();
  const known = useAgentState((state) => state.methods);
  const methods = known.length === 0 ? fallbackMethods : known;
  // A text, so that what is drawn changes only with the methods.
  const refused = useAgentState(({ exchanges }) => refusedMethods(exchanges, peerId).join('\n')).split('\n');
  const [choice, setChoice] = useDraft(agentId, `method ${peerId}`, methods[0] ?? otherMethod);
  const [custom, setCustom] = useDraft(agentId, `custom method ${peerId}`, '');
  const method = choice === otherMethod ? custom.trim() : choice;
  const start = startingParameters(method);
  const [json, setJson] = useDraft(agentId, `parameters ${peerId}`, start);
  // Parameters that were written before there was plain text are shown first.
  const [mode, setMode] = useDraft(agentId, `mode ${peerId}`, json === start ? 'text' : 'method');
  const [text, setText] = useDraft(agentId, `text ${peerId}`, '');
  const [wantsToLeave, setWantsToLeave] = useState(true);
  const leaves = isAway && wantsToLeave;
  const [problem, setProblem] = useState<Problem>();
  const [failed, setFailed] = useState<Failed>();
  const isShownFailed = useAgentState(
    ({ exchanges }) => failed !== undefined && isInConversation(exchanges, failed.tried),
  );
  const problemId = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const recall = useRecall({ peerId, text, setText, rest: '', written: textOfRequest });

  const write = (change: (next: string) => void, check: (next: string) => Problem | undefined) => (next: string) => {
    change(next);
    // Once something was refused, each change is looked at: what is mended is not marked any more.
    if (problem !== undefined) setProblem(check(next));
  };
  const refuse = (found: Problem) => {
    setProblem(found);
    leadTo(field.current, found);
  };
  /** True when the agent has the request: the screen, which follows it, may not show it yet. */
  const isStored = async (tried: Tried) => {
    if (isInConversation(store.getState().exchanges, tried)) return true;
    return engine.history(peerId, undefined, newest).then(
      ({ exchanges }) => isInConversation(exchanges, tried),
      // A text that is there twice is better than one that is lost.
      () => false,
    );
  };
  const deliver = async (request: TypedRequest, empty: () => void, restore: () => void) => {
    setProblem(undefined);
    setFailed(undefined);
    const tried = { peerId, ...request, since: Date.now() };
    sending();
    empty();
    try {
      await engine.send({ peerId, ...request, ...(leaves ? { whenAway: 'store' } : {}) });
    } catch (cause) {
      setFailed({ failure: failureOf(cause), tried });
      // What is in the conversation is not lost; anything else goes back to where it was written.
      if (!(await isStored(tried))) restore();
    }
  };
  const restoreMethod = () => {
    const nowChosen = draftNow(agentId, `method ${peerId}`) ?? choice;
    const nowMethod =
      nowChosen === otherMethod ? (draftNow(agentId, `custom method ${peerId}`) ?? '').trim() : nowChosen;
    const begun = draftNow(agentId, `parameters ${peerId}`) ?? '';
    if (!isAtRest({ method: nowMethod, json: begun })) return setJson(withUnsent(json, begun));
    setChoice(choice);
    setCustom(custom);
    setJson(json);
  };
  const send = () => {
    if (mode === 'text') {
      if (text.trim() === '') return;
      const found = problemOfText(text);
      if (found !== undefined) return refuse(found);
      void deliver(
        textRequest(text),
        () => setText(''),
        () => setText(withUnsent(text, draftNow(agentId, `text ${peerId}`) ?? '')),
      );
      field.current?.focus();
      return;
    }
    const parameters = readJson(json);
    if (!parameters.ok) return refuse(parameters.problem);
    if (method === '') return setProblem({ detail: 'Name the method that the peer should run.', start: 0, end: 0 });
    void deliver({ method, parameters: parameters.value }, () => setJson(start), restoreMethod);
  };
  const chooseMethod = (next: string) => {
    if (json === start) setJson(startingParameters(next));
    setChoice(next);
  };

  return (
    <form
      className="send"
      aria-label={`Send to ${peerId}`}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {mode === 'text' ? (
        <GrowingField
          label={`Text to ${peerId}`}
          isLabelHidden
          className="send-text"
          text={text}
          change={write(setText, problemOfText)}
          placeholder={leaves ? `${partyOf(peerId).name} is away. Leave a message` : `Write to ${partyOf(peerId).name}`}
          problem={problem}
          problemId={problemId}
          field={field}
          onKeyDown={(event) => {
            onSendKey(event, send);
            recall(event);
          }}
        />
      ) : (
        <MethodWriting
          peerId={peerId}
          methods={methods}
          refused={refused}
          choice={choice}
          choose={chooseMethod}
          custom={custom}
          setCustom={write(setCustom, () => undefined)}
          text={json}
          setText={write(setJson, problemOfJson)}
          problem={problem}
          problemId={problemId}
          field={field}
          submit={send}
        />
      )}
      <button type="submit" className="button button-primary send-button">
        Send
      </button>
      <div className="send-foot">
        <ModeSwitch
          label="Write"
          modes={['text', 'method']}
          mode={mode === 'method' ? 'method' : 'text'}
          choose={(next) => {
            setMode(next);
            setProblem(undefined);
          }}
        />
        {beside}
        {isAway && <LeaveChoice peerId={peerId} leaves={wantsToLeave} choose={setWantsToLeave} />}
        <span className="send-keys muted">
          {mode === 'text' ? 'Enter sends, Shift+Enter breaks the line' : `${modifier}+Enter sends`}
        </span>
      </div>
      <SendNotes
        peerId={peerId}
        leaves={leaves}
        problem={problem?.detail}
        hasNoText={mode === 'text' && refused.includes('send_request')}
        problemId={problemId}
        {...(failed === undefined || isShownFailed ? {} : { failure: failed.failure })}
      />
    </form>
  );
}

const modifier = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl';

function problemOfText(text: string): Problem | undefined {
  const read = checkTextRequest(text);
  return 'fault' in read ? { detail: read.detail, start: read.fault.start, end: read.fault.end } : undefined;
}

function problemOfJson(json: string): Problem | undefined {
  const read = readJson(json);
  return read.ok ? undefined : read.problem;
}

interface SendNotesProps {
  readonly peerId: string;
  /** What is sent is left for the peer until it returns. */
  readonly leaves: boolean;
  readonly problem: string | undefined;
  /** The peer has no handler for plain text. */
  readonly hasNoText: boolean;
  readonly problemId: string;
  readonly failure?: FailureView;
}

/** Shows what is to be known about sending: what is wrong, what is not stored, and what sending does first. */
function SendNotes({ peerId, leaves, problem, hasNoText, problemId, failure }: SendNotesProps) {
  const standing = useAgentState(({ sessions }) => shownSession(sessions, { peerId })?.status);
  const notStored = useDraftFailure();
  return (
    <div className="send-notes">
      <p id={problemId} className="field-error" role="status">
        {problem}
      </p>
      {hasNoText && (
        <p className="small muted">
          {peerId} does not answer plain text: it has no method send_request. Use method, with one that it answers.
        </p>
      )}
      {failure !== undefined && <FailureLine failure={failure} />}
      {notStored !== undefined && (
        <p className="small muted">What you type here is lost when the page is reloaded: {notStored.detail}</p>
      )}
      {leaves && (
        <p className="small muted">
          {peerId} is away. What you send is stored for it, encrypted, and answered when it returns.
        </p>
      )}
      {!leaves && standing !== 'ESTABLISHED' && standing !== 'HANDSHAKING' && (
        <p className="small muted">
          {standing === undefined
            ? `No session with ${peerId} is open. Sending makes one first.`
            : `The session with ${peerId} has ended. Sending makes a new one first.`}
        </p>
      )}
    </div>
  );
}
