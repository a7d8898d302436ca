import type { ExchangeView } from '../../../agent/contracts/views.ts';
import type { TypedRequest } from '../../../console/text-request.ts';
import { startingParameters } from '../writing/method-fields.ts';

/** A request that was tried, and since when, in milliseconds since 1970. */
export interface Tried extends TypedRequest {
  readonly peerId: string;
  readonly since: number;
}

/** What stands where a method and its parameters, as JSON, are written. */
export interface MethodDraft {
  readonly method: string;
  readonly json: string;
}

/** True when the conversation has this request, made at `since` or later: another one that was sent meanwhile is not it. */
export function isInConversation(
  exchanges: readonly ExchangeView[],
  { peerId, method, parameters, since }: Tried,
): boolean {
  const written = JSON.stringify(parameters);
  return exchanges.some(
    (exchange) =>
      exchange.direction === 'outgoing' &&
      exchange.peerId === peerId &&
      exchange.at >= since &&
      exchange.method === method &&
      JSON.stringify(exchange.parameters) === written,
  );
}

/** Returns what a field holds once a text that was not sent is back in it: that text, and after it what was begun meanwhile. */
export function withUnsent(unsent: string, begun: string): string {
  return begun === '' ? unsent : `${unsent}\n${begun}`;
}

/** Returns true when nothing was written for this method: no parameters, or those that it starts with. */
export function isAtRest({ method, json }: MethodDraft): boolean {
  return json === '' || json === startingParameters(method);
}
