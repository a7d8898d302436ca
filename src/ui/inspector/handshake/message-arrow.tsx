import { useId } from 'react';
import { formatBytes, formatDateTime, formatMoment } from '../../design/format.ts';
import { attackerParty, Mark, PartyMark, partyColour } from '../../design/party.tsx';
import { useToday } from '../../design/use-today.ts';
import { agentsOf, type InspectorProps } from '../inspector-props.ts';
import { MessageView } from '../message/message-view.tsx';
import { otherSide } from '../steps/timeline.ts';
import { readWireBody } from '../wire/wire-body.ts';
import type { Fate, MessageRow } from './handshake-model.ts';
import './message-arrow.css';
import { messagePurpose } from './message-purpose.ts';

interface MessageArrowProps extends InspectorProps {
  readonly row: MessageRow;
  readonly number: number;
  /** When the first message went, milliseconds since 1970. */
  readonly startedAt: number;
  /** On paper: what the message is for, in a sentence in place of a line. */
  readonly lesson?: string | undefined;
  readonly onToggle: () => void;
}

const fateWords: Readonly<Record<Exclude<Fate, 'arrived'>, string>> = {
  altered: 'altered on the way',
  lost: 'never arrived',
  injected: 'not sent by its sender',
};

/** Shows a message as an arrow from its sender to its receiver; a button that opens it. */
export function MessageArrow(props: MessageArrowProps) {
  const { row, number, startedAt, recording, looking, look, lesson, onToggle } = props;
  const panel = useId();
  const today = useToday();
  const agents = agentsOf(recording);
  const open = looking.open === row.id;
  const to = otherSide(row.from);
  const refusal = row.message === 'PROBLEM';
  const classes = [
    'handshake-arrow',
    `handshake-arrow-from-${row.from}`,
    `handshake-arrow-${row.fate}`,
    ...(refusal ? ['handshake-arrow-refusal'] : []),
  ];
  return (
    <>
      <button
        type="button"
        data-step={row.id}
        className={classes.join(' ')}
        style={refusal ? undefined : { color: partyColour(agents[row.from]) }}
        aria-expanded={open}
        aria-controls={open ? panel : undefined}
        onClick={onToggle}
      >
        <span className="handshake-arrow-label">
          <span className="handshake-number">{number}</span>
          <strong>{row.message}</strong>
          <ProblemCode row={row} />
          {row.fate !== 'arrived' && (
            <span className="handshake-fate">
              <Mark party={attackerParty} /> {fateWords[row.fate]}
            </span>
          )}
          <span className="small muted">{formatBytes(row.size)}</span>
          <span className="small muted" title={formatDateTime(row.at)}>
            {number === 1 ? formatMoment(row.at, today) : `+${Math.max(0, row.at - startedAt).toFixed(1)} ms`}
          </span>
        </span>
        <span className="handshake-route">
          <PartyMark agentId={agents[row.from]} /> {agents[row.from]} <span aria-hidden="true">→</span>
          <span className="visually-hidden"> to </span> <PartyMark agentId={agents[to]} /> {agents[to]}
        </span>
        <span className="handshake-purpose small muted">{lesson ?? messagePurpose[row.message]}</span>
      </button>
      {open && (
        <div id={panel}>
          <MessageView
            message={row.message}
            body={row.body}
            {...(row.sentBody === undefined ? {} : { sentBody: row.sentBody })}
            sender={agents[row.from]}
            at={row.at}
            recording={recording}
            member={looking.member}
            onMember={(member) => {
              const { member: _, ...rest } = looking;
              look({ ...rest, ...(member === undefined ? {} : { member }) });
            }}
          />
        </div>
      )}
    </>
  );
}

function ProblemCode({ row }: { readonly row: MessageRow }) {
  if (row.message !== 'PROBLEM') return null;
  const body = readWireBody(row.body);
  return body.type === 'members' && body.problemCode !== undefined ? (
    <code className="handshake-code">{body.problemCode}</code>
  ) : null;
}
