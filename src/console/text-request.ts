import { ParleyError } from '../protocol/errors.ts';
import type { JsonValue } from '../protocol/wire/json.ts';
import type { TypedFault } from './json-fault.ts';
import { isTooLarge, readTypedJson, tooLarge } from './typed-json.ts';

/** The method that every agent answers in words. */
const textMethod = 'send_request';

/** What is asked of a peer: a method and its parameters. */
export interface TypedRequest {
  readonly method: string;
  readonly parameters: JsonValue;
}

/** A request as a person wrote it, or why it is not sent and where that stands. */
export type TypedText =
  | { readonly request: TypedRequest }
  | { readonly fault: Pick<TypedFault, 'start' | 'end'>; readonly detail: string };

/** Returns the request that says a plain text: the method `send_request` with the text as its `query`. It never throws. */
export function checkTextRequest(text: string): TypedText {
  const half = text.search(/[\ud800-\udfff]/u);
  if (half !== -1) {
    const detail = 'Here is half of a character (a lone surrogate). Type it again.';
    return { fault: { start: half, end: half + 1 }, detail };
  }
  const parameters = { query: text };
  if (isTooLarge(text, parameters)) return { fault: { start: 0, end: 0 }, detail: tooLarge };
  return { request: { method: textMethod, parameters } };
}

/** Returns the request that says a plain text; throws `invalid_input` where `checkTextRequest` refuses it. */
export function textRequest(text: string): TypedRequest {
  const read = checkTextRequest(text);
  if ('request' in read) return read.request;
  throw new ParleyError('invalid_input', `${read.detail} Nothing was sent.`);
}

/** Returns the request that says a plain text or, with a method, has its parameters as JSON. `hint` says how to type JSON. Throws `invalid_input`. */
export function requestOf(method: string | undefined, text: string, hint: string): TypedRequest {
  return method === undefined ? textRequest(text) : { method, parameters: readTypedJson(text, hint) };
}

/** Returns the request of a line: one word is a text, with more the first is a method. `command` is what was typed before. Throws `invalid_input`. */
export function typedRequest(first: string, rest: readonly string[], command: string): TypedRequest {
  const hint = `Put it in single quotes: ${command} echo '{"a": 1}'.`;
  return rest.length === 0 ? requestOf(undefined, first, hint) : requestOf(first, rest.join(' '), hint);
}

/** Returns the plain text that a request says; undefined for a request that `textRequest` does not make. */
export function textOfRequest({ method, parameters }: TypedRequest): string | undefined {
  if (method !== textMethod || typeof parameters !== 'object' || parameters === null) return undefined;
  const [member, ...others] = Object.entries(parameters);
  if (member === undefined || others.length > 0) return undefined;
  const [name, value] = member;
  return name === 'query' && typeof value === 'string' ? value : undefined;
}
