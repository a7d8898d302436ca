import { useId, useRef, useState } from 'react';
import { conversationOf, type GroupView } from '../../../../agent/contracts/group-views.ts';
import type { ExchangeView, FailureView } from '../../../../agent/contracts/views.ts';
import { checkTextRequest, textOfRequest, textRequest } from '../../../../console/text-request.ts';
import { FailureLine } from '../../../design/failure-line.tsx';
import { draftNow, useDraft, useDraftFailure } from '../../../state/drafts.ts';
import { failureOf } from '../../../state/failure.ts';
import { useAgentState, useHosted } from '../../../state/hosted.ts';
import { GrowingField } from '../../writing/growing-field.tsx';
import { startingParameters } from '../../writing/method-fields.ts';
import { MethodWriting, otherMethod } from '../../writing/method-writing.tsx';
import { ModeSwitch } from '../../writing/mode-switch.tsx';
import { leadTo, type Problem } from '../../writing/problem.ts';
import { readJson } from '../../writing/read-json.ts';
import { onSendKey } from '../../writing/send-keys.ts';
import { useRecall } from '../../writing/use-recall.ts';
import { obstacleOf } from '../words/obstacle.ts';
import { AskedMembers, answerTimes } from './asked-members.tsx';
import { AttachedFile } from './attached-file.tsx';
import { problemOfFile } from './attachment-limit.ts';
import './group-send-box.css';

const modes = ['message', 'ask', 'method'] as const;
type Mode = (typeof modes)[number];

/** What each way of writing does. */
const about: Readonly<Record<Mode, string>> = {
  message: 'everybody reads it, nobody answers by itself',
  ask: 'every member’s agent answers',
  method: 'every member’s agent runs it',
};

interface GroupSendBoxProps {
  readonly group: GroupView;
  /** The file that goes with the next message. */
  readonly file: File | undefined;
  readonly chooseFile: (file: File | undefined) => void;
  /** Something is about to be sent. */
  readonly sending: () => void;
}

/** Writes to a group: a message to everybody, a question in words, or a method with its parameters. What could not be sent stays. */
export function GroupSendBox({ group, file, chooseFile, sending }: GroupSendBoxProps) {
  const { engine, agentId } = useHosted();
  const { groupId, name, members } = group;
  const methods = useAgentState((state) => state.methods);
  const place = conversationOf(groupId);
  const [choice, setChoice] = useDraft(agentId, `method ${place}`, methods[0] ?? 'send_request');
  const [custom, setCustom] = useDraft(agentId, `custom method ${place}`, '');
  const method = choice === otherMethod ? custom.trim() : choice;
  const start = startingParameters(method);
  const [json, setJson] = useDraft(agentId, `parameters ${place}`, start);
  const [wanted, setMode] = useDraft(agentId, `mode ${place}`, 'message');
  const mode = modes.find((each) => each === wanted) ?? 'message';
  const [text, setText] = useDraft(agentId, `text ${place}`, '');
  const [asked, ask] = useState<readonly string[]>([]);
  const [expires, setExpires] = useState<number>(answerTimes[1][1]);
  const [problem, setProblem] = useState<Problem>();
  const [failure, setFailure] = useState<FailureView>();
  const problemId = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const recall = useRecall({ peerId: place, text, setText, rest: '', written: (sent) => writtenIn(mode, sent) });
  const others = members.filter(({ isSelf }) => !isSelf);
  const to = asked.filter((each) => others.some((member) => member.agentId === each));
  const obstacle = obstacleOf(group);
  const refuse = (detail: string, { start: from, end } = { start: 0, end: 0 }) => {
    const found = { detail, start: from, end };
    setProblem(found);
    leadTo(field.current, found);
  };
  const give = (sent: () => Promise<unknown>, empty: () => void, restore: () => void) => {
    setProblem(undefined);
    setFailure(undefined);
    sending();
    empty();
    // What was taken is in the conversation; what was not goes back to where it was written.
    sent().catch((cause: unknown) => {
      setFailure(failureOf(cause));
      restore();
    });
  };
  const restoreText = () => {
    const begun = draftNow(agentId, `text ${place}`) ?? '';
    setText(begun === '' ? text : `${text}\n${begun}`);
  };
  const askFor = (what: Parameters<typeof textOfRequest>[0]) => () =>
    engine.askGroup({ groupId, ...what, expires, ...(to.length === 0 ? {} : { to }) });
  const sendText = () => {
    const isMessage = mode === 'message';
    if (text.trim() === '' && !(isMessage && file !== undefined)) return;
    const read = checkTextRequest(text);
    if ('fault' in read) return refuse(read.detail, read.fault);
    const tooLarge = isMessage && file !== undefined ? problemOfFile(file) : undefined;
    if (tooLarge !== undefined) return refuse(tooLarge);
    const attached = file;
    give(
      isMessage
        ? async () => engine.sendToGroup({ groupId, content: text, ...(await attachmentOf(attached)) })
        : askFor(textRequest(text)),
      () => {
        setText('');
        if (isMessage) chooseFile(undefined);
      },
      () => {
        restoreText();
        if (isMessage) chooseFile(attached);
      },
    );
    field.current?.focus();
  };
  const send = () => {
    if (obstacle !== undefined) return refuse(obstacle);
    if (mode !== 'method') return sendText();
    const parameters = readJson(json);
    if (!parameters.ok) return refuse(parameters.problem.detail, parameters.problem);
    if (method === '') return refuse('Name the method that the members should run.');
    give(
      askFor({ method, parameters: parameters.value }),
      () => setJson(start),
      () => setJson(json),
    );
  };
  const change = (write: (next: string) => void) => (next: string) => {
    write(next);
    setProblem(undefined);
  };
  return (
    <form
      className="send"
      aria-label={`Send to ${name}`}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {mode === 'method' ? (
        <MethodWriting
          peerId={place}
          methods={methods.length === 0 ? ['send_request'] : methods}
          refused={[]}
          choice={choice}
          choose={(next) => {
            if (json === start) setJson(startingParameters(next));
            setChoice(next);
          }}
          custom={custom}
          setCustom={change(setCustom)}
          text={json}
          setText={change(setJson)}
          problem={problem}
          problemId={problemId}
          field={field}
          submit={send}
        />
      ) : (
        <GrowingField
          label={mode === 'ask' ? `Question to ${name}` : `Message to ${name}`}
          isLabelHidden
          className="send-text"
          text={text}
          change={change(setText)}
          placeholder={mode === 'ask' ? 'Ask every member' : 'Write to everybody'}
          problem={problem}
          problemId={problemId}
          field={field}
          onPaste={(event) => {
            const [pasted] = event.clipboardData.files;
            if (mode === 'message' && pasted !== undefined) chooseFile(pasted);
          }}
          onKeyDown={(event) => {
            onSendKey(event, send);
            recall(event);
          }}
        />
      )}
      <button type="submit" className="button button-primary send-button">
        Send
      </button>
      <div className="send-foot">
        <ModeSwitch
          label="Write"
          modes={modes}
          mode={mode}
          choose={(next) => {
            setMode(next);
            setProblem(undefined);
          }}
        />
        {mode === 'message' ? (
          <AttachedFile file={file} choose={chooseFile} />
        ) : (
          <AskedMembers others={others} asked={to} ask={ask} expires={expires} setExpires={setExpires} />
        )}
        <span className="send-keys muted">{about[mode]}</span>
      </div>
      <GroupSendNotes
        problem={problem?.detail ?? (file && problemOfFile(file))}
        problemId={problemId}
        failure={failure}
      />
    </form>
  );
}

interface GroupSendNotesProps {
  readonly problem: string | undefined;
  readonly problemId: string;
  readonly failure: FailureView | undefined;
}

/** Shows what keeps something from being sent, and whether what is typed outlasts a reload. */
function GroupSendNotes({ problem, problemId, failure }: GroupSendNotesProps) {
  const notStored = useDraftFailure();
  return (
    <div className="send-notes">
      <p id={problemId} className="field-error" role="status">
        {problem}
      </p>
      {failure !== undefined && <FailureLine failure={failure} />}
      {notStored !== undefined && (
        <p className="small muted">What you type here is lost when the page is reloaded: {notStored.detail}</p>
      )}
    </div>
  );
}

/** Returns what a person wrote in this mode for something that was sent; undefined for what was written in another one. */
function writtenIn(mode: Mode, { group, parameters, method }: ExchangeView): string | undefined {
  if (mode === 'ask') return group?.kind === 'request' ? textOfRequest({ method, parameters }) : undefined;
  return group?.kind === 'message' && typeof parameters === 'string' && parameters !== '' ? parameters : undefined;
}

async function attachmentOf(file: File | undefined) {
  if (file === undefined) return {};
  const { name, type } = file;
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { attachment: { bytes, name, ...(type === '' ? {} : { mediaType: type }) } };
}
