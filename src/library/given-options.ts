import { StreamedAnswer } from '../agent/streams/answer-kinds.ts';
import { nearestName } from '../console/nearest.ts';
import { ParleyError } from '../protocol/errors.ts';

/** What a value has to be: the test, and the words that follow “has to be”. */
export interface Kind {
  readonly words: string;
  is(value: unknown): boolean;
}

export const text: Kind = { words: 'a string', is: (value) => typeof value === 'string' };
export const flag: Kind = { words: 'true or false', is: (value) => typeof value === 'boolean' };
export const callback: Kind = { words: 'a function', is: (value) => typeof value === 'function' };
export const abortSignal: Kind = {
  words: 'an AbortSignal',
  is: (value) => isObject(value) && 'aborted' in value && 'addEventListener' in value,
};
export const body: Kind = {
  words: 'a Uint8Array, a Blob, a ReadableStream that nobody reads yet, or an async generator',
  is: (value) =>
    value instanceof ReadableStream
      ? !value.locked
      : value instanceof Uint8Array ||
        value instanceof Blob ||
        value instanceof StreamedAnswer ||
        (isObject(value) && Symbol.asyncIterator in value),
};
export const number: Kind = { words: 'a number', is: (value) => typeof value === 'number' };
export const count: Kind = {
  words: 'an integer from 0 on',
  is: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0,
};
export const object: Kind = { words: 'an object', is: isObject };

/** Returns the kind of a value that is one of some words. */
export function oneOf(...words: readonly string[]): Kind {
  const last = words.at(-1) ?? '';
  return {
    words: `${words.slice(0, -1).join(', ')}${words.length > 1 ? ' or ' : ''}${last}`,
    is: (value) => words.some((word) => word === value),
  };
}

/** The options of a call, each with what it has to be. */
export type Kinds<Options> = { readonly [Name in keyof Required<Options>]: Kind };

/**
 * Checks the options of a call as a program without types may give them, or those `inside` one of them. Throws `invalid_input` for what
 * is no object, for an option that the call does not have, with the nearest name, and for a value of another kind. An option that is
 * undefined is not given.
 */
export function requireOptions<Options>(call: string, given: unknown, kinds: Kinds<Options>, inside?: string): void {
  if (!isObject(given)) throw invalid(`The options of ${call} have to be an object.`);
  const path = (name: string) => (inside === undefined ? name : `${inside}.${name}`);
  const known = new Map<string, Kind>(Object.entries<Kind>(kinds).map(([name, kind]) => [path(name), kind]));
  for (const [name, value] of Object.entries(given).map(([each, one]) => [path(each), one] as const)) {
    const kind = known.get(name);
    if (kind === undefined) throw unknownOption(call, name, [...known.keys()]);
    if (value !== undefined && !kind.is(value)) throw invalid(`${name} of ${call} has to be ${kind.words}.`);
  }
}

function unknownOption(call: string, name: string, names: readonly string[]): ParleyError {
  const near = nearestName(name, names);
  const advice = near === undefined ? `It has ${names.join(', ')}.` : `Did you mean “${near}”?`;
  return invalid(`${call} has no option “${name.slice(0, 64)}”. ${advice}`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(detail: string): ParleyError {
  return new ParleyError('invalid_input', detail);
}
