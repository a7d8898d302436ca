import type { ErrorCode } from '../../../protocol/errors.ts';
import type { MessageName, TraceEvent } from '../../../protocol/trace/events.ts';
import type { RecordedEnd, Recording } from '../../../recording/recording.ts';
import { ofMessages } from '../steps/of-messages.ts';
import { otherSide, type Side, type TimelineItem, timeline } from '../steps/timeline.ts';
import { stepOf, type WorkStep } from '../steps/work-step.ts';
import { type UpdateRow, updateRows } from './key-updates.ts';

/** What became of a message on its way, as far as the recorded ends tell. */
export type Fate =
  /** One end is recorded, or both and they agree. */
  | 'arrived'
  /** What arrived is not what was sent. */
  | 'altered'
  /** Both ends are recorded; the receiver never had it. */
  | 'lost'
  /** Both ends are recorded; the sender never sent it. */
  | 'injected';

/** An arrow between the lifelines. */
export interface MessageRow {
  readonly kind: 'message';
  /** Unique in the diagram and the same after a reload: the message's name and, from the second of it on, a number. */
  readonly id: string;
  readonly message: MessageName;
  readonly from: Side;
  readonly at: number;
  /** As it arrived, or as it was sent where the arrival is not recorded. */
  readonly body: string;
  readonly size: number;
  readonly fate: Fate;
  /** As it was sent, when something else arrived. */
  readonly sentBody?: string;
}

/** How the handshake ended for one side. */
export type Outcome =
  | { readonly kind: 'established'; readonly keyFingerprint: string; readonly expiresAt: number }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly detail: string };

/** One line of the diagram, from top to bottom in time. */
export type Row =
  | MessageRow
  | { readonly kind: 'work'; readonly side: Side; readonly steps: readonly WorkStep[] }
  /** Work on a message at a side that is not recorded here: only what came of it is known. */
  | {
      readonly kind: 'elsewhere';
      readonly side: Side;
      readonly of: MessageName;
      readonly outcome: 'accepted' | 'refused' | 'unknown';
    }
  | { readonly kind: 'ending'; readonly client?: Outcome; readonly server?: Outcome }
  /** The keys of the session were replaced. */
  | Extract<UpdateRow, { readonly kind: 'epoch' }>
  /** Not over: `side` has the next move. */
  | { readonly kind: 'waiting'; readonly side: Side };

/** What the trace says about messages after the handshake. */
export interface Afterwards {
  /** The steps of the latest envelope that was checked, as far as they were recorded. */
  readonly latest: readonly WorkStep[];
  readonly refused: number;
}

/** The diagram. */
export interface HandshakeModel {
  readonly rows: readonly Row[];
  /** The key updates after it. */
  readonly updates: readonly Row[];
  readonly afterwards: Afterwards;
}

/** Orders what `ends` recorded of a session into the diagram's lines. Adds nothing that no event says. */
export function handshakeModel(
  ends: readonly RecordedEnd[],
  status: Recording['session']['status'] = 'HANDSHAKING',
): HandshakeModel {
  const handshakes = ends.map((end) => ({ ...end, events: end.events.filter((event) => !isOfEnvelope(event)) }));
  // An agent that refuses a message before it can tell which session it is for records nothing of it.
  const recorded = new Set(handshakes.filter(({ events }) => events.length > 0).map(({ role }) => role));
  const rows: Row[] = [];
  for (const item of timeline(handshakes)) rows.push(...rowsFor(item, rows, { recorded, status }));
  const endings = ending(handshakes);
  return {
    rows: withOutcomes([...joinWork(rows), ...(endings ?? waiting(rows, { recorded, status }))]),
    updates: updateRows(ends),
    afterwards: afterwards(ends.flatMap(({ events }) => events.filter(isOfEnvelope))),
  };
}

function isOfEnvelope(event: TraceEvent): boolean {
  if (event.kind === 'check') return event.of === 'ENVELOPE';
  if (event.kind === 'message') return event.message === 'ENVELOPE';
  if (event.kind === 'epoch') return true;
  return event.kind === 'operation' && ofMessages.has(event.operation);
}

interface Known {
  readonly recorded: ReadonlySet<Side>;
  readonly status: Recording['session']['status'];
}

function rowsFor(item: TimelineItem, before: readonly Row[], known: Known): readonly Row[] {
  if (item.kind === 'step') {
    const { side, event } = item;
    const step = stepOf(event);
    return step === undefined ? [] : [{ kind: 'work', side, steps: [step] }];
  }
  const { from, message, sent, received } = item;
  const shown = received ?? sent;
  if (shown === undefined) return [];
  const same = before.filter((row) => row.kind === 'message' && row.message === message).length;
  const id = same === 0 ? message : `${message}-${same + 1}`;
  const fate = fateOf(item, known);
  const { body, size } = shown;
  const row: MessageRow = {
    kind: 'message',
    id,
    message,
    from,
    at: (sent ?? shown).at,
    body,
    size,
    fate,
    ...(fate === 'altered' && sent !== undefined ? { sentBody: sent.body } : {}),
  };
  const to = otherSide(from);
  return known.recorded.has(to) ? [row] : [row, { kind: 'elsewhere', side: to, of: message, outcome: 'unknown' }];
}

function fateOf({ message, sent, received }: Extract<TimelineItem, { kind: 'message' }>, known: Known): Fate {
  if (known.recorded.size < 2) return 'arrived';
  // A refusal is not recorded as sent: it answers whatever was refused.
  if (sent === undefined) return message === 'PROBLEM' ? 'arrived' : 'injected';
  if (received === undefined) return known.status === 'HANDSHAKING' ? 'arrived' : 'lost';
  return sent.body === received.body ? 'arrived' : 'altered';
}

/** Joins neighbouring work of one side into one block. */
function joinWork(rows: readonly Row[]): readonly Row[] {
  const joined: Row[] = [];
  for (const row of rows) {
    const last = joined.at(-1);
    if (row.kind === 'work' && last?.kind === 'work' && last.side === row.side)
      joined.splice(-1, 1, { ...last, steps: [...last.steps, ...row.steps] });
    else joined.push(row);
  }
  return joined;
}

function ending(ends: readonly RecordedEnd[]): readonly Row[] | undefined {
  const outcomes = new Map(
    ends.flatMap(({ role, events }) => {
      const outcome = events.map(outcomeOf).findLast((found) => found !== undefined);
      return outcome === undefined ? [] : [[role, outcome] as const];
    }),
  );
  if (outcomes.size === 0) return undefined;
  const client = outcomes.get('client');
  const server = outcomes.get('server');
  return [{ kind: 'ending', ...(client && { client }), ...(server && { server }) }];
}

function outcomeOf(event: TraceEvent): Outcome | undefined {
  if (event.kind === 'established') {
    const { keyFingerprint, expiresAt } = event;
    return { kind: 'established', keyFingerprint, expiresAt };
  }
  return event.kind === 'failed' ? { kind: 'failed', code: event.code, detail: event.detail } : undefined;
}

function waiting(rows: readonly Row[], { recorded, status }: Known): readonly Row[] {
  const last = rows.at(-1);
  if (last === undefined || status !== 'HANDSHAKING') return [];
  if (last.kind === 'elsewhere' || last.kind === 'work') return [{ kind: 'waiting', side: last.side }];
  const [only] = recorded;
  return [{ kind: 'waiting', side: last.kind === 'message' ? otherSide(last.from) : (only ?? 'client') }];
}

/** Adds to each message how the other side took it, as the next message back says. */
function withOutcomes(rows: readonly Row[]): readonly Row[] {
  return rows.map((row, i) => {
    if (row.kind !== 'elsewhere') return row;
    const answer = rows.slice(i + 1).find((later): later is MessageRow => later.kind === 'message');
    if (answer === undefined) return row;
    return { ...row, outcome: answer.message === 'PROBLEM' ? 'refused' : 'accepted' };
  });
}

function afterwards(events: readonly TraceEvent[]): Afterwards {
  const steps = events
    .flatMap((event) => (event.kind === 'check' ? [stepOf(event)] : []))
    .filter((step) => step !== undefined);
  const isRefused = (step: WorkStep) => step.kind === 'check' && step.refusal !== undefined;
  const ends = steps.slice(0, -1).findLastIndex((step) => isRefused(step) || isLastCheck(step));
  return { latest: steps.slice(ends + 1), refused: steps.filter(isRefused).length };
}

/** True for the last check of an envelope: decryption. */
function isLastCheck(step: WorkStep): boolean {
  return step.kind === 'check' && step.check === 'decryption';
}
