import type { SendOptions } from './agent-options.ts';
import type { Nothing } from './typed-methods.ts';

type ArgumentsOf<Method> = Method extends (...parameters: infer A) => unknown ? A : never;

/** How a method is called from here: its parameters, optional where it takes none, and options as `send` has them. */
type CallOf<Method> =
  ArgumentsOf<Method> extends []
    ? [parameters?: null, options?: SendOptions]
    : ArgumentsOf<Method> extends [infer P, ...unknown[]]
      ? [parameters: P, options?: SendOptions]
      : [parameters?: ArgumentsOf<Method>[0], options?: SendOptions];

/** The result as whoever asked gets it: a method that returns `undefined` is answered with null. */
type Received<R> = [R] extends [Nothing] ? R : R extends undefined ? null : R;

/** Names that JavaScript itself looks for on an object. A method of such a name is called by `send`. */
const reserved = [
  'then',
  'catch',
  'finally',
  'toJSON',
  'toString',
  'toLocaleString',
  'valueOf',
  'constructor',
  'prototype',
  '__proto__',
] as const;

/** A peer's methods as functions: each sends a request and returns the promise of its result. */
export type Peer<M> = {
  readonly [Name in keyof M as Exclude<Name, (typeof reserved)[number] | symbol>]: M[Name] extends (
    ...parameters: never[]
  ) => infer R
    ? (...call: CallOf<M[Name]>) => Promise<Received<Awaited<R>>>
    : never;
};

/** Sends a request for a method; see `ParleyAgent.send`. */
type Ask = (method: string, parameters: unknown, options: SendOptions | undefined) => Promise<unknown>;

/**
 * Returns an object with a function for every method name, which asks by `ask`. It is no promise and prints as an empty object: the
 * names that JavaScript looks for by itself are undefined.
 */
export function peerThrough(ask: Ask): object {
  const isReserved = (name: string) => reserved.some((one) => one === name);
  return new Proxy(Object.freeze(Object.create(null)), {
    get: (_, name) => {
      if (typeof name === 'symbol' || isReserved(name)) return undefined;
      return (parameters: unknown = null, options?: SendOptions) => ask(name, parameters, options);
    },
  });
}
