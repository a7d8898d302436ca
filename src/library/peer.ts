import type { SendOptions } from './agent-options.ts';
import type { StreamCall } from './stream-call.ts';
import type { ItemOf, Received } from './typed-methods.ts';

type ArgumentsOf<Method> = Method extends (...parameters: infer A) => unknown ? A : never;

/** How a method is called from here: its parameters, optional where it takes none, and options as `send` has them. */
type CallOf<Method> =
  ArgumentsOf<Method> extends []
    ? [parameters?: null, options?: SendOptions]
    : ArgumentsOf<Method> extends [infer P, ...unknown[]]
      ? [parameters: P, options?: SendOptions]
      : [parameters?: ArgumentsOf<Method>[0], options?: SendOptions];

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

/** Asks a method whose answer is read as it comes; see `ParleyAgent.stream`. */
interface Streaming<Method, R> {
  stream(...call: CallOf<Method>): StreamCall<ItemOf<R>>;
}

/** A method of a peer: `peer.greet(…)` sends a request, `peer.count.stream(…)` reads its answer as it comes. A stream of values has the second alone. */
type Asking<Method, R> = [Received<R>] extends [never]
  ? Streaming<Method, R>
  : ((...call: CallOf<Method>) => Promise<Received<R>>) & Streaming<Method, R>;

/** A peer's methods as functions: each sends a request and returns the promise of its result, or with `stream` the answer as it comes. */
export type Peer<M> = {
  readonly [Name in keyof M as Exclude<Name, (typeof reserved)[number] | symbol>]: M[Name] extends (
    ...parameters: never[]
  ) => infer R
    ? Asking<M[Name], Awaited<R>>
    : never;
};

/** Sends a request for a method; see `ParleyAgent.send` and `ParleyAgent.stream`. */
interface Asks {
  send(method: string, parameters: unknown, options: SendOptions | undefined): Promise<unknown>;
  stream(method: string, parameters: unknown, options: SendOptions | undefined): StreamCall;
}

/**
 * Returns an object with a function for every method name, which asks by `asks`. It is no promise and prints as an empty object: the
 * names that JavaScript looks for by itself are undefined.
 */
export function peerThrough(asks: Asks): object {
  const isReserved = (name: string) => reserved.some((one) => one === name);
  return new Proxy(Object.freeze(Object.create(null)), {
    get: (_, name) => {
      if (typeof name === 'symbol' || isReserved(name)) return undefined;
      return Object.assign(
        (parameters: unknown = null, options?: SendOptions) => asks.send(name, parameters, options),
        { stream: (parameters: unknown = null, options?: SendOptions) => asks.stream(name, parameters, options) },
      );
    },
  });
}
