import { useId } from 'react';
import { formatBytes, formatDateTime, formatTime } from '../design/format.ts';
import { PartyMark, partyColour } from '../design/party.tsx';
import { readWireBody } from '../wire/wire-body.ts';
import type { MessageRow, Side } from './handshake-model.ts';
import { MessageDetail } from './message-detail.tsx';
import { messagePurpose } from './step-words.ts';

interface MessageArrowProps {
  readonly row: MessageRow;
  readonly number: number;
  /** When the first message went, milliseconds since 1970. */
  readonly startedAt: number;
  readonly agents: Readonly<Record<Side, string>>;
  readonly open: boolean;
  readonly onToggle: () => void;
}

/** A message as an arrow from its sender to its receiver; a button that opens what it carries. */
export function MessageArrow({ row, number, startedAt, agents, open, onToggle }: MessageArrowProps) {
  const panel = useId();
  const to = row.from === 'client' ? 'server' : 'client';
  const refusal = row.message === 'PROBLEM';
  return (
    <>
      <button
        type="button"
        data-step={row.id}
        className={`handshake-arrow handshake-arrow-from-${row.from}${refusal ? ' handshake-arrow-refusal' : ''}`}
        style={refusal ? undefined : { color: partyColour(agents[row.from]) }}
        aria-expanded={open}
        aria-controls={open ? panel : undefined}
        onClick={onToggle}
      >
        <span className="handshake-arrow-label">
          <span className="handshake-number">{number}</span>
          <strong>{row.message}</strong>
          <ProblemCode row={row} />
          <span className="handshake-muted">{formatBytes(row.size)}</span>
          <span className="handshake-muted" title={formatDateTime(row.at)}>
            {number === 1 ? formatTime(row.at) : `+${Math.max(0, Math.round(row.at - startedAt))} ms`}
          </span>
        </span>
        <span className="handshake-route">
          <PartyMark agentId={agents[row.from]} /> {agents[row.from]} <span aria-hidden="true">→</span>
          <span className="handshake-hidden"> to </span> <PartyMark agentId={agents[to]} /> {agents[to]}
        </span>
        <span className="handshake-purpose handshake-muted">{messagePurpose[row.message]}</span>
      </button>
      {open && (
        <div id={panel}>
          <MessageDetail row={row} sender={agents[row.from]} />
        </div>
      )}
    </>
  );
}

function ProblemCode({ row }: { readonly row: MessageRow }) {
  if (row.message !== 'PROBLEM') return null;
  const body = readWireBody(row.body);
  return body.type === 'json' && body.problemCode !== undefined ? (
    <code className="handshake-code">{body.problemCode}</code>
  ) : null;
}
