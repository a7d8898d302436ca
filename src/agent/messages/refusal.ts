import { type ErrorCode, isLocalCode, ParleyError, toldToOthers } from '../../protocol/errors.ts';
import { cutText } from '../../protocol/wire/cut.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';

const refusalCode = /^[a-z][a-z0-9_]{0,63}$/;
const mostDetail = 500;

/** Refuses a request with words that are meant for the peer: a handler throws it. */
export class Refusal extends Error {
  readonly code: string;
  readonly detail: string;

  /**
   * `code` is 1 to 64 characters of `[a-z0-9_]` and begins with a letter: a code of the protocol such as `not_permitted`, or one
   * that both sides have agreed on. `detail` is one sentence; the peer gets its first 500 characters. Throws `invalid_input` for
   * a code of another shape, or one that only an agent's own side may use, such as `storage_failed`.
   */
  constructor(code: string, detail: string) {
    if (!refusalCode.test(code) || isLocalCode(code)) {
      throw new ParleyError(
        'invalid_input',
        'The code of a Refusal has 1 to 64 characters of a-z, 0-9 and _, and is not one of an agent’s own codes.',
      );
    }
    super(`${code}: ${detail}`);
    this.name = 'Refusal';
    this.code = code;
    this.detail = cutText(detail, mostDetail);
  }
}

/** Returns the `Refusal` that a handler has thrown; undefined for anything else, also for what throws when it is looked at. */
export function refusalOf(thrown: unknown): Refusal | undefined {
  try {
    return thrown instanceof Refusal ? thrown : undefined;
  } catch {
    // A proxy that has been revoked, or whose prototype throws.
    return undefined;
  }
}

/** The `error` of a RESPONSE. */
export interface ResponseError {
  readonly code: string;
  readonly detail: string;
}

/** Codes of the protocol that the `error` of a RESPONSE may hold; under another, a peer would pass its refusal off as what this side found. */
const responseCodes: readonly ErrorCode[] = [
  'unknown_method',
  'not_permitted',
  'unknown_group',
  'handler_failed',
  'request_declined',
  'answer_timeout',
  'cannot_keep',
  'unavailable',
  'internal_error',
  'rate_limited',
  'malformed_message',
  'stale_timestamp',
  'cancelled',
  'stream_gone',
  'stream_corrupt',
  'stream_failed',
  'stream_limit_reached',
];

/** Returns a peer's error as code and detail: it may be any JSON. */
export function readPeerError(error: JsonValue): ResponseError {
  if (typeof error !== 'object' || error === null || Array.isArray(error)) {
    return { code: 'handler_failed', detail: typeof error === 'string' ? error : 'The peer answered with an error.' };
  }
  const members = new Map(Object.entries(error));
  const code = members.get('code');
  const detail = members.get('detail') ?? members.get('message');
  return {
    code: typeof code === 'string' ? code : 'handler_failed',
    detail: typeof detail === 'string' ? detail : 'The peer answered with an error.',
  };
}

/** Returns the error that a peer's ERROR stands for: under its own code where that is one for RESPONSEs, else `handler_failed` with `peerCode`. */
export function peerError({ code, detail }: ResponseError): ParleyError {
  const known = responseCodes.find((one) => one === code);
  return new ParleyError(known ?? 'handler_failed', detail, known === undefined ? { peerCode: code } : {});
}

/** Returns what a peer is told of a request that failed here: the words that were made for it, else none of the error's own text. */
export function responseError(error: unknown): ResponseError {
  if (error instanceof Refusal) return { code: error.code, detail: error.detail };
  const { code, detail } = toldToOthers(error);
  return { code, detail };
}
