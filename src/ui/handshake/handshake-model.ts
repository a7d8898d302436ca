import type { ErrorCode } from '../../protocol/errors.ts';
import type { CheckName, MessageName, OperationName, TraceEvent } from '../../protocol/trace.ts';

/** The client is the side that sent the hello. */
export type Side = 'client' | 'server';

/** A check or an operation, as it was recorded. Durations in milliseconds. */
export type Step =
  | {
      readonly kind: 'check';
      readonly of: MessageName;
      readonly check: CheckName;
      readonly duration: number;
      readonly note?: string;
      readonly refusal?: Refusal;
    }
  | {
      readonly kind: 'operation';
      readonly operation: OperationName;
      readonly duration: number;
      readonly note?: string;
    };

/** Why something was refused. */
interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** An arrow between the lifelines. */
export interface MessageRow {
  readonly kind: 'message';
  /** Unique in the diagram and the same after a reload: the message's name and, from the second of it on, a number. */
  readonly id: string;
  readonly message: MessageName;
  readonly from: Side;
  readonly sent: boolean;
  readonly at: number;
  readonly body: string;
  readonly size: number;
}

/** One line of the diagram, from top to bottom in time. */
export type Row =
  | MessageRow
  | { readonly kind: 'work'; readonly side: Side; readonly steps: readonly Step[] }
  /** The other side's work on a message: this agent cannot see it, only what came of it. */
  | {
      readonly kind: 'elsewhere';
      readonly side: Side;
      readonly of: MessageName;
      readonly outcome: 'accepted' | 'refused' | 'unknown';
    }
  | { readonly kind: 'established'; readonly keyFingerprint: string; readonly expiresAt: number }
  /** `answered`: this side is the server and its refusal went out as a PROBLEM. */
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly detail: string; readonly answered: boolean }
  /** Not over: `side` has the next move. */
  | { readonly kind: 'waiting'; readonly side: Side };

/** What the trace says about messages after the handshake. */
export interface Afterwards {
  /** The steps of the latest envelope that was checked, as far as they were recorded. */
  readonly latest: readonly Step[];
  readonly refused: number;
}

/** The diagram. */
export interface HandshakeModel {
  readonly rows: readonly Row[];
  readonly afterwards: Afterwards;
}

/** Orders trace events of one session into the diagram's lines as `own` side saw them. Adds nothing that no event says. */
export function handshakeModel(events: readonly TraceEvent[], own: Side): HandshakeModel {
  const rows: Row[] = [];
  for (const event of events) {
    if (!isOfEnvelope(event)) rows.push(...rowsFor(event, rows, own));
  }
  return {
    rows: withOutcomes([...joinWork(rows), ...waiting(rows, own)]),
    afterwards: afterwards(events.filter(isOfEnvelope)),
  };
}

function isOfEnvelope(event: TraceEvent): boolean {
  if (event.kind === 'check') return event.of === 'ENVELOPE';
  if (event.kind === 'message') return event.message === 'ENVELOPE';
  return event.kind === 'operation' && event.operation === 'encrypt_message';
}

const otherSide = (side: Side): Side => (side === 'client' ? 'server' : 'client');

function rowsFor(event: TraceEvent, before: readonly Row[], own: Side): readonly Row[] {
  switch (event.kind) {
    case 'message': {
      const sent = event.direction === 'sent';
      const same = before.filter((row) => row.kind === 'message' && row.message === event.message).length;
      const { message, at, body, size } = event;
      const id = same === 0 ? message : `${message}-${same + 1}`;
      const from = sent ? own : otherSide(own);
      const row = { kind: 'message', id, message, from, sent, at, body, size } as const;
      return sent ? [row, { kind: 'elsewhere', side: otherSide(own), of: message, outcome: 'unknown' }] : [row];
    }
    case 'check':
    case 'operation':
      return [{ kind: 'work', side: own, steps: [stepOf(event)] }];
    case 'established':
      return [{ kind: 'established', keyFingerprint: event.keyFingerprint, expiresAt: event.expiresAt }];
    case 'transcript':
    case 'fingerprint':
      return [];
    case 'failed': {
      const { code, detail } = event;
      return [{ kind: 'failed', code, detail, answered: own === 'server' }];
    }
  }
}

function stepOf(event: Extract<TraceEvent, { kind: 'check' | 'operation' }>): Step {
  const { duration } = event;
  if (event.kind === 'operation') {
    const { operation, note } = event;
    return { kind: 'operation', operation, duration, ...(note === undefined ? {} : { note }) };
  }
  const { of, check } = event;
  if (event.outcome === 'failed') {
    return { kind: 'check', of, check, duration, refusal: { code: event.code, detail: event.detail } };
  }
  return { kind: 'check', of, check, duration, ...(event.note === undefined ? {} : { note: event.note }) };
}

/** Neighbouring work becomes one block. */
function joinWork(rows: readonly Row[]): readonly Row[] {
  const joined: Row[] = [];
  for (const row of rows) {
    const last = joined.at(-1);
    if (row.kind === 'work' && last?.kind === 'work')
      joined.splice(-1, 1, { ...last, steps: [...last.steps, ...row.steps] });
    else joined.push(row);
  }
  return joined;
}

function waiting(rows: readonly Row[], own: Side): readonly Row[] {
  const last = rows.at(-1);
  if (last === undefined || rows.some(({ kind }) => kind === 'established' || kind === 'failed')) return [];
  return [{ kind: 'waiting', side: last.kind === 'elsewhere' ? last.side : own }];
}

/** The next message that came back says how the other side took the one before. */
function withOutcomes(rows: readonly Row[]): readonly Row[] {
  return rows.map((row, i) => {
    if (row.kind !== 'elsewhere') return row;
    const answer = rows.slice(i + 1).find((later): later is MessageRow => later.kind === 'message');
    if (answer === undefined) return row;
    return { ...row, outcome: answer.message === 'PROBLEM' ? 'refused' : 'accepted' };
  });
}

function afterwards(events: readonly TraceEvent[]): Afterwards {
  const steps = events.flatMap((event) => (event.kind === 'check' ? [stepOf(event)] : []));
  const isRefused = (step: Step) => step.kind === 'check' && step.refusal !== undefined;
  const ends = steps.slice(0, -1).findLastIndex((step) => isRefused(step) || isLastCheck(step));
  return { latest: steps.slice(ends + 1), refused: steps.filter(isRefused).length };
}

/** Decryption is the last check of an envelope. */
function isLastCheck(step: Step): boolean {
  return step.kind === 'check' && step.check === 'decryption';
}
