/** What stands in a conversation beside its exchanges, by its time: milliseconds since 1970. */
export interface Timed {
  readonly at: number;
}

/** The stretch of exchanges that is drawn. */
interface Drawn {
  readonly exchanges: readonly Timed[];
  /** The conversation goes on before or after it. */
  readonly goesBack: boolean;
  readonly goesOn: boolean;
}

/** Returns the others without those beyond an end of the stretch that goes on: they stand between what is not drawn. */
export function withinDrawn<Other extends Timed>({ exchanges, goesBack, goesOn }: Drawn, others: readonly Other[]) {
  const from = goesBack ? (exchanges[0]?.at ?? Number.POSITIVE_INFINITY) : Number.NEGATIVE_INFINITY;
  const to = goesOn ? (exchanges.at(-1)?.at ?? Number.NEGATIVE_INFINITY) : Number.POSITIVE_INFINITY;
  return others.filter(({ at }) => at >= from && at <= to);
}

/** Others among exchanges: those before each exchange that has some, and those after the last. */
interface Among<Exchange, Other> {
  readonly before: ReadonlyMap<Exchange, readonly Other[]>;
  readonly after: readonly Other[];
}

/** Places others, in the order of time, among the exchanges, which keep theirs. */
export function placedAmong<Exchange extends Timed, Other extends Timed>(
  exchanges: readonly Exchange[],
  others: readonly Other[],
): Among<Exchange, Other> {
  const before = new Map<Exchange, readonly Other[]>();
  let next = 0;
  for (const exchange of exchanges) {
    const first = next;
    while (next < others.length && (others[next]?.at ?? exchange.at) < exchange.at) next += 1;
    if (next > first) before.set(exchange, others.slice(first, next));
  }
  return { before, after: others.slice(next) };
}
