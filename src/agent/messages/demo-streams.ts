import type { JsonValue } from '../../protocol/wire/json.ts';
import type { Scheduler } from '../contracts/ports.ts';
import { type StreamedAnswer, streamed } from '../streams/answer-kinds.ts';
import { Refusal } from './refusal.ts';

/** Milliseconds between two parts of a demo stream. */
const pace = { least: 50, most: 5_000 } as const;
/** The highest number that `count` counts to. */
const mostCounted = 1_000;

const story = `A courier carried letters between two towns that did not trust the road.
At first she hid them in her boots, and the road read every one.
Then she wrote them in a cipher, and the road copied them and waited.
In the end both towns made a new key for each letter and burned it the same evening.
The road still watches her pass. It counts her steps, it knows the weight of her bag,
and it has not understood a word since.
`;

type DemoStream = (parameters: JsonValue, asked: { readonly signal: AbortSignal }) => unknown;

/**
 * Returns the handlers whose answers arrive part by part, by method: `count`, numbers as lines of JSON, and `tell`, a short text word by
 * word. Each throws a `Refusal` for parameters that it cannot use.
 */
export function demoStreams(scheduler: Scheduler): Readonly<Record<'count' | 'tell', DemoStream>> {
  return {
    count: (parameters, { signal }) => {
      const given = membersOf('count', parameters, ['to', 'every_ms']);
      const to = wholeNumber(given, 'to', { least: 1, most: mostCounted, usual: 10 });
      const every = wholeNumber(given, 'every_ms', { ...pace, usual: 500 });
      return paced(scheduler, signal, every, numbers(to));
    },
    tell: (parameters, { signal }) => {
      const given = membersOf('tell', parameters, ['every_ms']);
      const every = wholeNumber(given, 'every_ms', { ...pace, usual: 150 });
      return asText(paced(scheduler, signal, every, words(story)));
    },
  };
}

function* numbers(to: number): Generator<number> {
  for (let n = 1; n <= to; n += 1) yield n;
}

/** Gives the words of a text, each with the space behind it. */
function words(text: string): readonly string[] {
  return text.match(/\S+\s*/g) ?? [];
}

/** Gives each value, all but the first after a pause. Throws the reason of `signal` as soon as it aborts. */
async function* paced<T>(
  scheduler: Scheduler,
  signal: AbortSignal,
  ms: number,
  values: Iterable<T>,
): AsyncGenerator<T, void, undefined> {
  let isFirst = true;
  for (const value of values) {
    if (!isFirst) await pause(scheduler, signal, ms);
    signal.throwIfAborted();
    isFirst = false;
    yield value;
  }
}

/** Resolves after `ms` milliseconds, or as soon as `signal` aborts: no timer is left then. */
function pause(scheduler: Scheduler, signal: AbortSignal, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = scheduler.after(ms, resolve);
  const stop = () => resolve();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  return promise.finally(() => {
    timer.cancel();
    signal.removeEventListener('abort', stop);
  });
}

/** Returns a stream of the text that these parts make. */
function asText(parts: AsyncGenerator<string, void, undefined>): StreamedAnswer {
  const encoder = new TextEncoder();
  const bytes = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await parts.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      cancel: async () => {
        await parts.return();
      },
    },
    { highWaterMark: 0 },
  );
  return streamed(bytes, { mediaType: 'text/plain; charset=utf-8' });
}

type Members = ReadonlyMap<string, JsonValue>;

/** Returns the members of parameters, which may be null. Throws `invalid_parameters` for another shape and for a member that `method` has not. */
function membersOf(method: string, parameters: JsonValue, names: readonly string[]): Members {
  if (parameters === null) return new Map();
  const members = typeof parameters === 'object' && !Array.isArray(parameters) ? Object.entries(parameters) : undefined;
  if (members?.every(([name]) => names.includes(name)) === true) return new Map(members);
  throw new Refusal('invalid_parameters', `${method} takes an object with ${names.join(' and ')}, and nothing else.`);
}

interface Bounds {
  readonly least: number;
  readonly most: number;
  /** What holds where it is not given. */
  readonly usual: number;
}

/** Returns a whole number among the members. Throws `invalid_parameters` outside its bounds. */
function wholeNumber(given: Members, name: string, { least, most, usual }: Bounds): number {
  const value = given.get(name) ?? usual;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Refusal(
    'invalid_parameters',
    `${name} is a whole number from ${least} to ${most.toLocaleString('en')}. Nothing ran.`,
  );
}
