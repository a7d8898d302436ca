import { useMemo, useRef, useState } from 'react';
import { type Beginning, beginningOf } from '../../../recording/beginning.ts';
import type { Recording } from '../../../recording/recording.ts';
import { PartyMark } from '../../design/party.tsx';
import { handleStepKeys } from '../../design/step-keys.ts';
import { usePrinting } from '../../design/use-printing.ts';
import { agentsOf, type InspectorProps } from '../inspector-props.ts';
import { partyOfView } from '../parties.ts';
import { AfterwardsList } from './afterwards-list.tsx';
import { ControllerSight } from './controller-sight.tsx';
import { EndingRow } from './ending.tsx';
import './handshake.css';
import './handshake-motion.css';
import './handshake-narrow.css';
import type { Side } from '../steps/timeline.ts';
import { WorkSteps } from '../steps/work-steps.tsx';
import { EpochBar } from './epoch-bar.tsx';
import { handshakeModel, type Row } from './handshake-model.ts';
import { MessageArrow } from './message-arrow.tsx';
import { ResumptionHead } from './resumption-head.tsx';
import { StepperBar } from './stepper-bar.tsx';
import { throughEyes, updatesThroughEyes } from './through-eyes.ts';
import { useStepper } from './use-stepper.ts';
import { walkThrough } from './walk.ts';

interface HandshakeViewProps extends InspectorProps {
  /** The side that this page's own agent is, if any. */
  readonly own?: Side;
  /** Goes to the session that this one resumed; absent where that is not listed. */
  readonly showFormer?: (() => void) | undefined;
  /** The full handshake before this resumption, where it is recorded. */
  readonly fullHandshake?: { readonly sessionId: string; show(): void } | undefined;
}

/**
 * Shows one session's handshake or resumption as its ends recorded it: messages between two lifelines, work and
 * checks under each. What is open is a message: its name, as `SERVER_HELLO`.
 */
export function HandshakeView({ recording, looking, look, own, showFormer, fullHandshake }: HandshakeViewProps) {
  const { session, ends } = recording;
  const { open, pov } = looking;
  const model = useMemo(() => handshakeModel(ends, session.status), [ends, session.status]);
  const rows = useMemo(
    () => [...throughEyes(model.rows, pov), ...updatesThroughEyes(model.updates, pov)],
    [model, pov],
  );
  const isPrinting = usePrinting();
  const drawn = useDrawnAsItHappens(session.status);
  const startedAt = rows.find((row) => row.kind === 'message')?.at ?? 0;
  const agents = agentsOf(recording);
  const beginning = beginningOf(recording);
  const section = useRef<HTMLElement>(null);
  const { client, server } = agents;
  const steps = useMemo(() => walkThrough(rows, { client, server }, beginning), [rows, client, server, beginning]);
  const stepper = useStepper(steps, { looking, look }, section);
  const now = stepper.at === undefined ? undefined : steps[stepper.at];
  const openMessage = (id: string | undefined) => {
    const { open: _, member: __, ...rest } = looking;
    look({ ...rest, ...(id === undefined ? {} : { open: id }) });
  };

  if (model.rows.length === 0) return <NothingRecorded session={session} beginning={beginning} />;
  if (pov === 'controller') return <ControllerSight recording={recording} />;
  return (
    <section
      ref={section}
      className="handshake"
      data-walk={true}
      aria-label={`${beginning === 'resumption' ? 'Resumption' : 'Handshake'} of ${agents.client} with ${agents.server}`}
    >
      {beginning === 'resumption' && (
        <ResumptionHead session={session} showFormer={showFormer} fullHandshake={fullHandshake} />
      )}
      <header className="handshake-lanes">
        {(['client', 'server'] as const).map((side) => (
          <p key={side} className={`handshake-lane handshake-lane-${side}`}>
            <PartyMark agentId={agents[side]} /> <strong>{agents[side]}</strong>{' '}
            <span className="small muted">
              {side}
              {side === own ? ', you' : ''}
            </span>
          </p>
        ))}
      </header>
      <p className="handshake-hint small muted">
        Select a message to see its members. <kbd>↑</kbd> <kbd>↓</kbd> step between messages, <kbd>Enter</kbd> opens,{' '}
        <kbd>Esc</kbd> closes.
      </p>
      <StepperBar stepper={stepper} steps={steps} beginning={beginning} />
      <ol
        className="handshake-rows"
        data-drawn={drawn}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || open !== undefined) handleStepKeys(event, () => openMessage(undefined));
        }}
      >
        {numbered(rows).map(({ row, key, number }, index) => (
          <li
            key={key}
            className={`handshake-row handshake-row-${row.kind}`}
            data-moment={now !== undefined && index > now.row ? 'later' : undefined}
            aria-current={now?.row === index && row.kind !== 'work' ? 'step' : undefined}
          >
            <RowContent
              row={row}
              number={number}
              startedAt={startedAt}
              recording={recording}
              looking={looking}
              look={look}
              own={own}
              beginning={beginning}
              happened={now?.row === index ? now.part + 1 : undefined}
              lessons={
                isPrinting ? steps.flatMap(({ row: at, sentence }) => (at === index ? [sentence] : [])) : undefined
              }
              onToggle={(id) => openMessage(id === open ? undefined : id)}
            />
          </li>
        ))}
      </ol>
      {pov !== 'observer' && (
        <AfterwardsList afterwards={model.afterwards} wire={recording.wire} beginning={beginning} />
      )}
    </section>
  );
}

/** True once a handshake that was under way has been on screen: from then on its arrows are drawn as they come. */
function useDrawnAsItHappens(status: Recording['session']['status']): boolean {
  const [drawn, setDrawn] = useState(false);
  if (status === 'HANDSHAKING' && !drawn) setDrawn(true);
  return drawn;
}

interface RowContentProps extends InspectorProps {
  readonly row: Row;
  readonly number: number;
  /** When the first message went, milliseconds since 1970. */
  readonly startedAt: number;
  readonly own: Side | undefined;
  readonly beginning: Beginning;
  /** How many of its parts have happened, where a walk stands within it. */
  readonly happened: number | undefined;
  /** On paper: the sentences of its parts. */
  readonly lessons: readonly string[] | undefined;
  readonly onToggle: (id: string) => void;
}

function RowContent(props: RowContentProps) {
  const { row, number, startedAt, recording, looking, look, own, beginning, happened, lessons, onToggle } = props;
  const agents = agentsOf(recording);
  const { pov } = looking;
  switch (row.kind) {
    case 'message':
      return (
        <MessageArrow
          row={row}
          number={number}
          startedAt={startedAt}
          recording={recording}
          looking={looking}
          look={look}
          lesson={lessons?.[0]}
          onToggle={() => onToggle(row.id)}
        />
      );
    case 'work':
      return (
        <WorkSteps
          steps={row.steps}
          side={row.side}
          agentId={agents[row.side]}
          own={row.side === own}
          beginning={beginning}
          happened={happened}
          lessons={lessons}
        />
      );
    case 'epoch':
      return <EpochBar row={row} session={recording.session} />;
    case 'elsewhere':
      return (
        <p className={`handshake-elsewhere handshake-side-${row.side} small muted`}>
          <SideLabel agentId={agents[row.side]} />{' '}
          {pov === undefined
            ? elsewhereWords(row.outcome, agents[row.side])
            : hiddenWords(row.outcome, pov === 'observer' ? 'an observer' : partyOfView(pov, recording).name)}
        </p>
      );
    case 'waiting':
      return (
        <p className={`handshake-elsewhere handshake-side-${row.side}`} role="status">
          <span className="handshake-ring" aria-hidden="true" />{' '}
          {row.side === own ? 'Working here …' : `Waiting for ${agents[row.side]} …`}
        </p>
      );
    case 'ending':
      return <EndingRow row={row} session={recording.session} />;
  }
}

/** Shows whose side it is, where one column has room for one lifeline only. */
function SideLabel({ agentId }: { readonly agentId: string }) {
  return (
    <span className="handshake-side-label">
      <PartyMark agentId={agentId} /> {agentId}
    </span>
  );
}

type Elsewhere = Extract<Row, { kind: 'elsewhere' }>['outcome'];

function elsewhereWords(outcome: Elsewhere, agentId: string): string {
  switch (outcome) {
    case 'accepted':
      return `Checked there, and accepted. Open ${agentId} in this browser to see its checks here.`;
    case 'refused':
      return `Checked there, and refused. Open ${agentId} in this browser to see which check it failed.`;
    case 'unknown':
      return `Checked there. Open ${agentId} in this browser to see its checks here.`;
  }
}

function hiddenWords(outcome: Elsewhere, viewer: string): string {
  switch (outcome) {
    case 'accepted':
      return `Checked there, and accepted: the answer is all that ${viewer} sees of it.`;
    case 'refused':
      return `Checked there, and refused: the answer is all that ${viewer} sees of it.`;
    case 'unknown':
      return `Checked there: ${viewer} sees nothing of it.`;
  }
}

function numbered(rows: readonly Row[]): readonly { row: Row; key: string; number: number }[] {
  let number = 0;
  return rows.map((row, i) => {
    if (row.kind === 'message') number += 1;
    return { row, key: row.kind === 'message' ? row.id : `${row.kind}-${i}`, number };
  });
}

interface NothingRecordedProps {
  readonly session: Recording['session'];
  readonly beginning: Beginning;
}

function NothingRecorded({ session, beginning }: NothingRecordedProps) {
  return (
    <section className="handshake handshake-empty" aria-label="Handshake">
      <h2>No recording of this {beginning}</h2>
      <p className="small muted">
        This page shows every message, check and key operation of a {beginning}, as it happened. The recordings of the
        newest 20 sessions are stored, encrypted. Older ones are deleted, and nothing is drawn that was not recorded.
      </p>
      <p>
        Connect {session.client.agentId} to {session.server.agentId} again to see one.
      </p>
    </section>
  );
}
