import type { MessageName, TraceEvent } from '../../../protocol/trace/events.ts';
import type { RecordedEnd } from '../../../recording/recording.ts';

/** The client is the side that sent the hello. */
export type Side = RecordedEnd['role'];

type MessageEvent = Extract<TraceEvent, { kind: 'message' }>;

/** Something in the order in which it happened: work of one side, or a message on its way. */
export type TimelineItem =
  | { readonly kind: 'step'; readonly side: Side; readonly event: Exclude<TraceEvent, { kind: 'message' }> }
  | {
      readonly kind: 'message';
      readonly from: Side;
      readonly message: MessageName;
      /** What its sender recorded; absent when the sender's end is not recorded, or never sent it. */
      readonly sent?: MessageEvent;
      /** What its receiver recorded. */
      readonly received?: MessageEvent;
    };

export const otherSide = (side: Side): Side => (side === 'client' ? 'server' : 'client');

/**
 * Returns the events of one or both ends in one order. A handshake takes turns, so the order follows from who waits
 * for whom: no clock is asked. Every event of the ends is in it once.
 */
export function timeline(ends: readonly RecordedEnd[]): readonly TimelineItem[] {
  const queues: Readonly<Record<Side, TraceEvent[]>> = {
    client: [...(ends.find(({ role }) => role === 'client')?.events ?? [])],
    server: [...(ends.find(({ role }) => role === 'server')?.events ?? [])],
  };
  const items: TimelineItem[] = [];
  let turn: Side = queues.client.length > 0 ? 'client' : 'server';
  for (;;) {
    const event = queues[turn].shift();
    if (event === undefined) {
      turn = otherSide(turn);
      if (queues[turn].length === 0) return items;
      continue;
    }
    if (event.kind !== 'message') {
      items.push({ kind: 'step', side: turn, event });
    } else if (event.direction === 'received') {
      items.push({ kind: 'message', from: otherSide(turn), message: event.message, received: event });
    } else {
      const received = takeArrival(queues[otherSide(turn)], event.message);
      items.push({
        kind: 'message',
        from: turn,
        message: event.message,
        sent: event,
        ...(received === undefined ? {} : { received }),
      });
      if (received !== undefined) turn = otherSide(turn);
    }
  }
}

/** Takes the arrival of `message` out of what the receiver recorded, if it is the next message there. */
function takeArrival(events: TraceEvent[], message: MessageName): MessageEvent | undefined {
  const at = events.findIndex(({ kind }) => kind === 'message');
  const next = events[at];
  if (next?.kind !== 'message' || next.direction !== 'received' || next.message !== message) return undefined;
  events.splice(at, 1);
  return next;
}
