import { dayOf, formatDay } from '../../design/format.ts';

interface DayLineProps {
  /** Milliseconds since 1970 of what stands before it; absent at the beginning. */
  readonly before: number | undefined;
  /** Milliseconds since 1970 of what stands after it. */
  readonly at: number;
  /** The midnight with which this day began. */
  readonly today: number;
}

/** Shows where another day begins in a conversation. One that is of today alone needs no line. */
export function DayLine({ before, at, today }: DayLineProps) {
  if (dayOf(at) === dayOf(before ?? today)) return null;
  return (
    <li className="day-line muted">
      <time dateTime={new Date(at).toISOString()}>{formatDay(at, today)}</time>
    </li>
  );
}
