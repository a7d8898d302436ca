import type { CheckName, OperationName, TraceEvent } from '../../../protocol/trace/events.ts';
import type { Beginning } from '../../../recording/beginning.ts';
import { wordsOfCheck } from '../../../recording/check-words.ts';
import { wordsOfOperation } from '../../../recording/operation-words.ts';
import type { RecordedEnd } from '../../../recording/recording.ts';
import { ofMessages } from '../steps/of-messages.ts';
import type { Side } from '../steps/timeline.ts';
import { partsOfKeyExchange } from '../steps/work-step.ts';
import type { Bar, Category } from './bar.ts';
import { type CategoryShares, sharesOf } from './category-shares.ts';
import { moveServer, serverClockShift } from './clocks.ts';

/** What one side's time was spent on: the shares add up to `total` milliseconds, from its first thing to its last. */
export interface Spent {
  readonly side: Side;
  readonly total: number;
  readonly shares: CategoryShares;
}

/** The time of a handshake or a resumption: every stretch, and the sums of each recorded side. */
export interface Waterfall {
  readonly bars: readonly Bar[];
  /** Milliseconds from the first thing to the last of either side. */
  readonly total: number;
  /** The client's first; one at least. */
  readonly spent: readonly [Spent, ...Spent[]];
  /** Milliseconds that were added to the server's times, because its clock contradicts the client's; 0 when it does not. */
  readonly clockShift: number;
}

const operations: Readonly<Record<OperationName, Category>> = {
  fetch_revocation_list: 'Controller',
  look_up_peer: 'Controller',
  reserve_session: 'storage',
  use_up_resumption: 'storage',
  make_key_shares: 'key generation',
  encrypt_session_key: 'RSA',
  open_session_key: 'RSA',
  agree_x25519: 'X25519 and ML-KEM',
  encapsulate: 'X25519 and ML-KEM',
  decapsulate: 'X25519 and ML-KEM',
  derive_handshake_keys: 'key schedule',
  derive_session_keys: 'key schedule',
  store_nonce: 'storage',
  sign: 'signatures',
  encrypt_challenge: 'encryption',
  encrypt_message: 'encryption',
  make_confirmation: 'encryption',
  make_update_shares: 'key generation',
  derive_next_epoch: 'key schedule',
  make_binder: 'signatures',
  derive_resumed_keys: 'key schedule',
};

const checks: Partial<Record<CheckName, Category>> = {
  signature: 'signatures',
  binder: 'signatures',
  challenge: 'encryption',
  confirmation: 'encryption',
};

/** Returns the waterfall of how a session began, from what its ends recorded; undefined when nothing has a time. */
export function waterfall(recorded: readonly RecordedEnd[], beginning: Beginning = 'handshake'): Waterfall | undefined {
  const clockShift = serverClockShift(recorded);
  const ends = moveServer(recorded, clockShift);
  const spans = ends.flatMap((end) => spanOf(end) ?? []);
  const from = Math.min(...spans.map((span) => span.from));
  const until = Math.max(...spans.map((span) => span.until));
  const wire = ends.length === 2 ? wireOf(ends, from) : [];
  const parts = spans.map((span) => ({
    span,
    work: workOf(span.end, from, beginning),
    waits: waitsOf(span.end, from),
  }));
  const [first, ...others] = parts.map(
    ({ span, work, waits }): Spent => ({
      side: span.end.role,
      total: span.until - span.from,
      shares: sharesOf({ work, waits, wire }, span.from - from, span.until - from),
    }),
  );
  if (first === undefined) return undefined;
  const bars = [...parts.flatMap(({ work, waits }) => [...work, ...waits]), ...wire];
  return {
    bars: bars.sort((a, b) => a.start - b.start),
    total: until - from,
    spent: [first, ...others],
    clockShift,
  };
}

/** Returns from when to when one end was at the handshake; undefined when it recorded nothing of it. */
function spanOf(end: RecordedEnd) {
  const times = handshakeOf(end.events).flatMap(({ at, ...event }) => [
    'duration' in event ? at - event.duration : at,
    at,
  ]);
  if (times.length === 0) return undefined;
  return { end, from: times.reduce((a, b) => Math.min(a, b)), until: times.reduce((a, b) => Math.max(a, b)) };
}

function handshakeOf(events: readonly TraceEvent[]): readonly TraceEvent[] {
  return events.filter(
    (event) =>
      !(event.kind === 'check' && event.of === 'ENVELOPE') &&
      !(event.kind === 'message' && event.message === 'ENVELOPE') &&
      event.kind !== 'epoch' &&
      !(event.kind === 'operation' && ofMessages.has(event.operation)),
  );
}

/** Checks and operations. A key exchange that passed is shown by its parts, which were recorded each: in old traces it contains them. */
function workOf({ role, events }: RecordedEnd, from: number, beginning: Beginning): readonly Bar[] {
  const all = handshakeOf(events);
  const hasParts = all.some((event) => event.kind === 'operation' && partsOfKeyExchange.has(event.operation));
  return all.flatMap((event): Bar[] => {
    if (event.kind === 'operation') {
      const { operation, at, duration } = event;
      return [
        {
          side: role,
          name: wordsOfOperation(operation, beginning),
          category: operations[operation],
          start: at - duration - from,
          duration,
        },
      ];
    }
    if (event.kind !== 'check') return [];
    if (event.check === 'key_exchange' && event.outcome === 'passed' && hasParts) return [];
    const { check, of, at, duration } = event;
    return [
      {
        side: role,
        name: wordsOfCheck(check, of).name,
        category: checks[check] ?? 'other checks',
        start: at - duration - from,
        duration,
      },
    ];
  });
}

/**
 * Returns the waits from each message that this side sent to the next one that it received: it could do nothing else.
 */
function waitsOf({ role, events }: RecordedEnd, from: number): readonly Bar[] {
  const waits: Bar[] = [];
  let sent: number | undefined;
  for (const event of handshakeOf(events)) {
    if (event.kind !== 'message') continue;
    if (event.direction === 'sent') sent = event.at;
    else if (sent !== undefined) {
      waits.push({
        side: role,
        name: `Waiting for ${event.message}`,
        category: 'waiting for the other side',
        start: sent - from,
        duration: Math.max(0, event.at - sent),
      });
      sent = undefined;
    }
  }
  return waits;
}

/**
 * Returns the time from a message's departure at one end to its arrival at the other, by clocks that
 * `serverClockShift` made agree.
 */
function wireOf(ends: readonly RecordedEnd[], from: number): readonly Bar[] {
  const moved = (direction: 'sent' | 'received') =>
    ends.flatMap(({ role, events }) =>
      events.flatMap((event) =>
        event.kind === 'message' && event.direction === direction && event.message !== 'ENVELOPE'
          ? [{ role, ...event }]
          : [],
      ),
    );
  return moved('sent').flatMap((sent) => {
    const received = moved('received').find(({ role, message }) => role !== sent.role && message === sent.message);
    // Clocks that no shift makes agree would give a message that arrives before it left: then nothing is claimed.
    if (received === undefined || received.at < sent.at) return [];
    const name = `${sent.message} on the way`;
    return [
      { side: 'wire', name, category: 'network', start: sent.at - from, duration: received.at - sent.at } as const,
    ];
  });
}
