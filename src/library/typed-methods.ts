import type { Json } from '../agent/contracts/views.ts';
import type { RequestInfo } from '../agent/messages/methods.ts';
import type { StreamedAnswer } from '../agent/streams/answer-kinds.ts';
import type { Bytes } from '../protocol/bytes.ts';

/** Any function, whatever it takes. */
export type AnyFunction = (...parameters: never[]) => unknown;

/**
 * `T` when JSON can hold it, with `never` in the place of what JSON cannot hold: functions, `bigint`, symbols, and objects with methods
 * such as `Date` and `Map`. Interfaces are accepted. A value of type `unknown` is checked at run time only.
 */
export type Sendable<T> = unknown extends T
  ? T
  : T extends Json
    ? T
    : T extends AnyFunction | bigint | symbol | undefined
      ? never
      : { [Name in keyof T]: Sendable<Exclude<T[Name], undefined>> | Extract<T[Name], undefined> };

/** What is returned by a function that returns nothing. */
type Nothing = ReturnType<() => void>;

/** Bytes that a handler answers with: whole, of a file, as a stream, or `streamed` with words to them. */
export type AnsweredBytes = Uint8Array | Blob | ReadableStream<Uint8Array> | StreamedAnswer;

/** True when a handler may answer with `T`: JSON, bytes, a stream of either, or nothing at all. */
type IsAnswer<T> = false extends EachIsAnswer<T> ? false : true;
type EachIsAnswer<T> = unknown extends T
  ? true
  : T extends Nothing | undefined | AnsweredBytes
    ? true
    : T extends AsyncIterable<infer Item>
      ? IsSendable<Item>
      : IsSendable<T>;
type IsSendable<T> = [T] extends [Sendable<T>] ? true : false;

/** The result as whoever asked gets it: bytes for all kinds of bytes, and null for nothing. */
export type Received<R> = [R] extends [Nothing]
  ? R
  : R extends undefined
    ? null
    : R extends AnsweredBytes
      ? Bytes
      : R extends AsyncIterable<unknown>
        ? never
        : R;

/** What a loop over the answer gets: the values of a stream, pieces of bytes, or the result alone. */
export type ItemOf<R> = Received<R> | ValueOf<R>;
/** The values of a stream of them; what is `streamed` may be one. */
type ValueOf<R> = R extends StreamedAnswer
  ? Json
  : R extends AnsweredBytes
    ? never
    : R extends AsyncIterable<infer Item>
      ? Item
      : never;

type ArgumentsOf<Method> = Method extends (...parameters: infer A) => unknown ? A : never;
/** What a method is asked with: its first parameter, or null when it has none. */
type ParametersOf<Method> = ArgumentsOf<Method> extends [] ? null : ArgumentsOf<Method>[0];
/** What a method answers, once its promise has resolved. */
type ResultOf<Method> = Method extends (...parameters: never[]) => infer R ? Awaited<R> : never;

/**
 * The constraint of an agent's methods, as an interface or a type says them: a function for each, of one parameter, which returns its
 * result or a promise of it. JSON has to hold its parameters, and its result unless that is bytes or a stream of JSON values.
 */
export type MethodsOf<M> = {
  readonly [Name in keyof M]: M[Name] extends AnyFunction
    ? [IsSendable<Exclude<ParametersOf<M[Name]>, undefined>>, IsAnswer<ResultOf<M[Name]>>] extends [true, true]
      ? M[Name]
      : never
    : never;
};

/** What a handler may answer with, where nobody says its types. */
export type AnyAnswer = Json | undefined | Nothing | AnsweredBytes | AsyncIterable<Json>;

/** The methods of an agent that does not say their types: JSON in; JSON, bytes or a stream out. */
export interface AnyMethods {
  readonly [method: string]: (parameters: Json) => AnyAnswer;
}

/** Answers the method `Method`: it gets the parameters, and who asks. */
export type HandlerOf<Method> = (
  parameters: ParametersOf<Method>,
  info: RequestInfo,
) => ResultOf<Method> | Promise<ResultOf<Method>>;

/** A handler for each method of `M`, or for some of them: `handle` adds the others. */
export type HandlersOf<M> = { readonly [Name in keyof M]?: HandlerOf<M[Name]> };

/** A handler that says its own types: what it takes and gives has to be JSON. */
export type Checked<P, R> = [IsSendable<Exclude<P, undefined>>, IsAnswer<Awaited<R>>] extends [true, true]
  ? unknown
  : never;

/** Answers one method: its parameters and who asks in, its result or a promise of it out. */
export type MethodHandler<P = Json, R = AnyAnswer> = (parameters: P, info: RequestInfo) => R | Promise<R>;

/** A handler, whatever it takes. */
export type AnyHandler = (parameters: never, info: RequestInfo) => unknown;

/** Returns a handler as one of any JSON. Its types are what both sides have agreed on: a handler that does not trust its peers checks. */
export function asHandler(handler: AnyHandler): (parameters: Json, info: RequestInfo) => unknown {
  return handler as (parameters: Json, info: RequestInfo) => unknown;
}
