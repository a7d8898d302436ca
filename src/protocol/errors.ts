import { localCodes } from './local-codes.ts';
import { wireCodes } from './wire-codes.ts';

/** A code that may be told to another party, and taken from one. */
export type WireCode = keyof typeof wireCodes;
/** A code that only this side can find. */
export type LocalCode = keyof typeof localCodes;
/** A stable code of the error family. */
export type ErrorCode = WireCode | LocalCode;

/** True for a code that may be read from another party's answer. */
export function isWireCode(value: unknown): value is WireCode {
  return typeof value === 'string' && Object.hasOwn(wireCodes, value);
}

/** True for a code that only this side can find. */
export function isLocalCode(value: unknown): value is LocalCode {
  return typeof value === 'string' && Object.hasOwn(localCodes, value);
}

/** True for one of this product's own codes, for what this product itself has stored or posted between its threads. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return isWireCode(value) || isLocalCode(value);
}

/**
 * Optional parts of an error: `retryAfter` in seconds; `now` in Unix seconds, with `stale_timestamp` only; `index` of a group's newest
 * commit entry, with `group_epoch_conflict` only.
 */
export interface ErrorExtras {
  readonly retryAfter?: number;
  readonly now?: number;
  readonly index?: number;
  /** The code that a peer's handler gave, when it is none of the protocol's. */
  readonly peerCode?: string;
  readonly cause?: unknown;
}

/** The one error type that crosses a module's edge. `detail` is a sentence without secrets that says what to do. */
export class ParleyError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryAfter: number | undefined;
  readonly now: number | undefined;
  readonly index: number | undefined;
  readonly peerCode: string | undefined;

  constructor(code: ErrorCode, detail: string, extras: ErrorExtras = {}) {
    super(`${code}: ${detail}`, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'ParleyError';
    this.code = code;
    this.detail = detail;
    this.retryAfter = extras.retryAfter;
    this.now = extras.now;
    this.index = extras.index;
    this.peerCode = extras.peerCode;
  }

  /** Returns the HTTP status that belongs to the code. */
  get status(): number {
    return entryOf(this.code).status;
  }

  /** Returns a short title, the same for every error of this code. */
  get title(): string {
    return entryOf(this.code).title;
  }
}

function entryOf(code: ErrorCode): { readonly status: number; readonly title: string } {
  return isWireCode(code) ? wireCodes[code] : localCodes[code];
}

/** What another party is told of an error. */
export interface Told {
  readonly code: WireCode;
  readonly detail: string;
  readonly retryAfter?: number;
  readonly now?: number;
  readonly index?: number;
}

/** Local codes whose cause passes by itself: whoever is told asks again later. */
const passing: readonly LocalCode[] = [
  'storage_failed',
  'storage_full',
  'not_registered',
  'agent_in_use',
  'network_unavailable',
  'controller_unreachable',
  'tls_untrusted',
];

/**
 * Returns what another party is told of `error`: its code and sentence when the code is one of the wire. An error of this side's
 * own, or one that nobody expected, becomes `unavailable` or `internal_error` with a fixed sentence, so that no text made for this side goes out.
 */
export function toldToOthers(error: unknown): Told {
  const { code, detail, retryAfter, now, index } = asParleyError(error);
  if (isWireCode(code) && code !== 'internal_error') {
    return {
      code,
      detail,
      ...(retryAfter === undefined ? {} : { retryAfter }),
      ...(now === undefined ? {} : { now }),
      ...(index === undefined ? {} : { index }),
    };
  }
  return isLocalCode(code) && passing.includes(code)
    ? {
        code: 'unavailable',
        detail: 'This cannot be done at the moment. Try again later.',
        retryAfter: retryAfter ?? 5,
      }
    : { code: 'internal_error', detail: unexpected };
}

/** RFC 9457 problem details as parley/1 sends them (protocol page, section 4). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: WireCode;
  readonly detail: string;
  readonly now?: number;
  readonly index?: number;
}

/** Returns the problem+json object that tells another party of `told`. */
export function toProblem({ code, detail, now, index }: Told): Problem {
  const { status, title } = wireCodes[code];
  const type = `urn:parley:error:${code}`;
  return {
    type,
    title,
    status,
    code,
    detail,
    ...(now === undefined ? {} : { now }),
    ...(index === undefined ? {} : { index }),
  };
}

const unexpected = 'An unexpected error ended this operation. Nothing was sent twice.';

/** Returns `error` itself when it belongs to the family; otherwise a `fallback` with `detail`, whose text tells nothing of the cause. */
export function asParleyError(
  error: unknown,
  fallback: ErrorCode = 'internal_error',
  detail: string = unexpected,
): ParleyError {
  if (error instanceof ParleyError) return error;
  return new ParleyError(fallback, detail, { cause: error });
}
