import type { JsonValue } from '../protocol/wire/json.ts';

/** The method that every agent answers in words. */
const textMethod = 'send_request';

/** What is asked of a peer: a method and its parameters. */
export interface TypedRequest {
  readonly method: string;
  readonly parameters: JsonValue;
}

/** Returns the request that says a plain text: the method `send_request` with the text as its `query`. */
export function textRequest(text: string): TypedRequest {
  return { method: textMethod, parameters: { query: text } };
}

/** Returns the plain text that a request says; undefined for a request that `textRequest` does not make. */
export function textOfRequest({ method, parameters }: TypedRequest): string | undefined {
  if (method !== textMethod || typeof parameters !== 'object' || parameters === null) return undefined;
  const [member, ...others] = Object.entries(parameters);
  if (member === undefined || others.length > 0) return undefined;
  const [name, value] = member;
  return name === 'query' && typeof value === 'string' ? value : undefined;
}
