import type { RecordedEnd } from '../../../recording/recording.ts';

/** What two clocks of one machine may differ by, in milliseconds, before anything is moved. */
const tolerance = 0.2;

/**
 * Returns the milliseconds to add to the server's times so that no message arrives before it left: 0 when none does,
 * or when no addition would help. The middle of what is possible, because nothing tells more.
 */
export function serverClockShift(ends: readonly RecordedEnd[]): number {
  const least = Math.max(...journeys(ends, 'client').map(([sent, received]) => sent - received));
  const most = Math.min(...journeys(ends, 'server').map(([sent, received]) => received - sent));
  if (least > most || (least <= tolerance && most >= -tolerance)) return 0;
  if (!Number.isFinite(least)) return most;
  return Number.isFinite(most) ? (least + most) / 2 : least;
}

/** Returns the same ends, with the server's times moved by `shift` milliseconds. */
export function moveServer(ends: readonly RecordedEnd[], shift: number): readonly RecordedEnd[] {
  if (shift === 0) return ends;
  return ends.map((end) =>
    end.role === 'client' ? end : { ...end, events: end.events.map((event) => ({ ...event, at: event.at + shift })) },
  );
}

/** Returns when each message of one side left and when it arrived, each by the clock of where that was. */
function journeys(ends: readonly RecordedEnd[], from: RecordedEnd['role']): readonly (readonly [number, number])[] {
  const arrivals = ends.filter(({ role }) => role !== from).flatMap(({ events }) => events);
  return ends
    .filter(({ role }) => role === from)
    .flatMap(({ events }) => events)
    .flatMap((sent) => {
      if (sent.kind !== 'message' || sent.direction !== 'sent' || sent.message === 'ENVELOPE') return [];
      const arrival = arrivals.find(
        (event) => event.kind === 'message' && event.direction === 'received' && event.message === sent.message,
      );
      return arrival === undefined ? [] : [[sent.at, arrival.at] as const];
    });
}
