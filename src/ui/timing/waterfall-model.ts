import type { RecordedEnd } from '../../agent/recording.ts';
import type { CheckName, OperationName, TraceEvent } from '../../protocol/trace.ts';
import { checkWords, operationWords } from '../handshake/step-words.ts';

/** What time is spent on. */
export type Category =
  | 'key generation'
  | 'RSA'
  | 'X25519 and ML-KEM'
  | 'signatures'
  | 'key schedule'
  | 'encryption'
  | 'other checks'
  | 'Controller'
  | 'waiting for the other side'
  | 'network'
  | 'between steps';

type Side = RecordedEnd['role'];

/** A stretch of time. `start` is milliseconds after the first thing that happened; both have fractions. */
export interface Bar {
  readonly side: Side | 'wire';
  readonly name: string;
  readonly category: Category;
  readonly start: number;
  readonly duration: number;
}

/** A handshake's time: every stretch, and the sums. */
export interface Waterfall {
  readonly bars: readonly Bar[];
  /** Milliseconds from the first thing to the last. */
  readonly total: number;
  /** The client's time by category, largest first (the server's when the client is not recorded): they add up to `total`. */
  readonly shares: readonly (readonly [category: Category, ms: number])[];
  readonly of: Side;
}

const operations: Readonly<Record<OperationName, Category>> = {
  fetch_revocation_list: 'Controller',
  look_up_peer: 'Controller',
  make_key_shares: 'key generation',
  encrypt_session_key: 'RSA',
  open_session_key: 'RSA',
  agree_x25519: 'X25519 and ML-KEM',
  encapsulate: 'X25519 and ML-KEM',
  decapsulate: 'X25519 and ML-KEM',
  derive_handshake_keys: 'key schedule',
  derive_session_keys: 'key schedule',
  sign: 'signatures',
  encrypt_challenge: 'encryption',
  encrypt_message: 'encryption',
  make_confirmation: 'encryption',
};

const checks: Partial<Record<CheckName, Category>> = {
  signature: 'signatures',
  challenge: 'encryption',
  confirmation: 'encryption',
};

/** The waterfall of a handshake from what its ends recorded; undefined when nothing has a time. */
export function waterfall(ends: readonly RecordedEnd[]): Waterfall | undefined {
  const main = ends.find(({ role }) => role === 'client') ?? ends[0];
  if (main === undefined) return undefined;
  const own = handshakeOf(main.events);
  const times = own.flatMap(({ at, ...event }) => ['duration' in event ? at - event.duration : at, at]);
  if (times.length === 0) return undefined;
  const from = Math.min(...times);
  const until = Math.max(...times);
  const bars = ends.flatMap((end) => workOf(end, from));
  const waits = waitsOf(main, from);
  const wire = ends.length === 2 ? wireOf(ends, from) : [];
  const spent = [...bars.filter(({ side }) => side === main.role), ...split(waits, wire)];
  const shares = new Map<Category, number>();
  for (const { category, duration } of spent) shares.set(category, (shares.get(category) ?? 0) + duration);
  const counted = [...shares.values()].reduce((sum, ms) => sum + ms, 0);
  const rest = Math.max(0, until - from - counted);
  if (rest > 0) shares.set('between steps', rest);
  return {
    bars: [...bars, ...(wire.length > 0 ? wire : []), ...waits].sort((a, b) => a.start - b.start),
    total: until - from,
    shares: [...shares].filter(([, ms]) => ms > 0).sort(([, a], [, b]) => b - a),
    of: main.role,
  };
}

function handshakeOf(events: readonly TraceEvent[]): readonly TraceEvent[] {
  return events.filter(
    (event) =>
      !(event.kind === 'check' && event.of === 'ENVELOPE') &&
      !(event.kind === 'message' && event.message === 'ENVELOPE') &&
      !(event.kind === 'operation' && event.operation === 'encrypt_message'),
  );
}

/** Checks and operations. The key exchange is shown by its parts, which were recorded each. */
function workOf({ role, events }: RecordedEnd, from: number): readonly Bar[] {
  const all = handshakeOf(events);
  const hasParts = all.some((event) => event.kind === 'operation' && event.operation === 'open_session_key');
  return all.flatMap((event): Bar[] => {
    if (event.kind === 'operation') {
      const { operation, at, duration } = event;
      return [
        {
          side: role,
          name: operationWords[operation],
          category: operations[operation],
          start: at - duration - from,
          duration,
        },
      ];
    }
    if (event.kind !== 'check' || (event.check === 'key_exchange' && hasParts)) return [];
    const { check, at, duration } = event;
    return [
      {
        side: role,
        name: checkWords[check].name,
        category: checks[check] ?? 'other checks',
        start: at - duration - from,
        duration,
      },
    ];
  });
}

/** From each message this side sent to the next one it received: it could do nothing but wait. */
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

/** From a message's departure at one end to its arrival at the other; both agents of one machine have one clock. */
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
    // Clocks that do not agree would give a message that arrives before it left: then nothing is claimed.
    if (received === undefined || received.at < sent.at) return [];
    const name = `${sent.message} on the way`;
    return [
      { side: 'wire', name, category: 'network', start: sent.at - from, duration: received.at - sent.at } as const,
    ];
  });
}

/** Of each wait, what was spent on the way is the network's. */
function split(waits: readonly Bar[], wire: readonly Bar[]): readonly Bar[] {
  return waits.flatMap((wait) => {
    const inside = wire.filter(
      ({ start, duration }) => start >= wait.start - 0.01 && start + duration <= wait.start + wait.duration + 0.01,
    );
    const onTheWay = Math.min(
      wait.duration,
      inside.reduce((sum, { duration }) => sum + duration, 0),
    );
    return [
      { ...wait, duration: wait.duration - onTheWay },
      { ...wait, category: 'network', duration: onTheWay },
    ];
  });
}
