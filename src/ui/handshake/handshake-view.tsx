import { useMemo } from 'react';
import type { SessionView } from '../../agent/views.ts';
import type { TraceEvent } from '../../protocol/trace.ts';
import { PartyMark } from '../design/party.tsx';
import type { Selectable } from '../design/selectable.ts';
import { handleStepKeys } from '../wire/step-keys.ts';
import { AfterwardsList } from './afterwards-list.tsx';
import { Ending } from './ending.tsx';
import './handshake.css';
import './handshake-narrow.css';
import { type HandshakeModel, handshakeModel, type Row, type Side } from './handshake-model.ts';
import { MessageArrow } from './message-arrow.tsx';
import { WorkSteps } from './work-steps.tsx';

interface HandshakeViewProps extends Selectable {
  readonly events: readonly TraceEvent[];
  readonly session: SessionView;
  readonly ownId: string;
}

/**
 * One session's handshake as this agent recorded it: messages between two lifelines, work and checks under each. What is
 * selected is a message: its name, as `SERVER_HELLO`.
 */
export function HandshakeView({ events, session, ownId, selected: opened, onSelect: setOpened }: HandshakeViewProps) {
  const own: Side = session.role;
  const model = useMemo(() => handshakeModel(events, own), [events, own]);
  const startedAt = model.rows.find((row) => row.kind === 'message')?.at ?? 0;
  const agents =
    own === 'client' ? { client: ownId, server: session.peerId } : { client: session.peerId, server: ownId };

  if (model.rows.length === 0) return <NothingRecorded peerId={session.peerId} />;
  return (
    <section className="handshake" aria-label={`Handshake with ${session.peerId}`}>
      <header className="handshake-lanes">
        {(['client', 'server'] as const).map((side) => (
          <p key={side} className={`handshake-lane handshake-lane-${side}`}>
            <PartyMark agentId={agents[side]} /> <strong>{agents[side]}</strong>{' '}
            <span className="handshake-muted">
              {side}
              {side === own ? ', you' : ''}
            </span>
          </p>
        ))}
      </header>
      <p className="handshake-hint handshake-muted">
        Select a message to see what it carries. <kbd>↑</kbd> <kbd>↓</kbd> step between messages, <kbd>Enter</kbd>{' '}
        opens, <kbd>Esc</kbd> closes.
      </p>
      <ol className="handshake-rows" onKeyDown={(event) => handleStepKeys(event, () => setOpened(undefined))}>
        {numbered(model).map(({ row, key, number }) => (
          <li key={key} className={`handshake-row handshake-row-${row.kind}`}>
            <RowContent
              row={row}
              number={number}
              startedAt={startedAt}
              agents={agents}
              session={session}
              own={own}
              opened={opened}
              onToggle={(id) => setOpened(id === opened ? undefined : id)}
            />
          </li>
        ))}
      </ol>
      <AfterwardsList afterwards={model.afterwards} session={session} />
    </section>
  );
}

interface RowContentProps {
  readonly row: Row;
  readonly number: number;
  /** When the first message went, milliseconds since 1970. */
  readonly startedAt: number;
  readonly agents: Readonly<Record<Side, string>>;
  readonly session: SessionView;
  readonly own: Side;
  readonly opened: string | undefined;
  readonly onToggle: (id: string) => void;
}

function RowContent({ row, number, startedAt, agents, session, own, opened, onToggle }: RowContentProps) {
  switch (row.kind) {
    case 'message':
      return (
        <MessageArrow
          row={row}
          number={number}
          startedAt={startedAt}
          agents={agents}
          open={opened === row.id}
          onToggle={() => onToggle(row.id)}
        />
      );
    case 'work':
      return <WorkSteps steps={row.steps} side={row.side} agentId={agents[row.side]} own={row.side === own} />;
    case 'elsewhere':
      return (
        <p className={`handshake-elsewhere handshake-side-${row.side} handshake-muted`}>
          <SideLabel agentId={agents[row.side]} /> {elsewhereWords(row.outcome, agents[row.side])}
        </p>
      );
    case 'waiting':
      return (
        <p className={`handshake-elsewhere handshake-side-${row.side}`} role="status">
          <span className="handshake-ring" aria-hidden="true" />{' '}
          {row.side === own ? 'Working here …' : `Waiting for ${agents[row.side]} …`}
        </p>
      );
    case 'established':
    case 'failed':
      return <Ending row={row} session={session} ownId={agents[own]} />;
  }
}

/** Whose side it is, where one column has room for one lifeline only. */
function SideLabel({ agentId }: { readonly agentId: string }) {
  return (
    <span className="handshake-side-label">
      <PartyMark agentId={agentId} /> {agentId}
    </span>
  );
}

function elsewhereWords(outcome: 'accepted' | 'refused' | 'unknown', agentId: string): string {
  switch (outcome) {
    case 'accepted':
      return `Checked there, and accepted: open ${agentId}’s tab to see its checks.`;
    case 'refused':
      return `Checked there, and refused: open ${agentId}’s tab to see which check it failed.`;
    case 'unknown':
      return `Checked there: open ${agentId}’s tab to see its checks.`;
  }
}

function numbered({ rows }: HandshakeModel): readonly { row: Row; key: string; number: number }[] {
  let number = 0;
  return rows.map((row, i) => {
    if (row.kind === 'message') number += 1;
    return { row, key: row.kind === 'message' ? row.id : `${row.kind}-${i}`, number };
  });
}

function NothingRecorded({ peerId }: { readonly peerId: string }) {
  return (
    <section className="handshake handshake-empty" aria-label={`Handshake with ${peerId}`}>
      <h2>No recording of this handshake</h2>
      <p className="handshake-muted">
        This page shows every message, check and key operation of a handshake, as it happened. The recording lives in
        memory only: a reload, or opening the tab later, ends it, and nothing is drawn that was not recorded.
      </p>
      <p>Connect to {peerId} again to see one.</p>
    </section>
  );
}
