/**
 * The error family of parley/1. Every refusal anywhere in the product is one of these codes; the codes and their HTTP
 * statuses are those of the protocol page, sections 3, 4 and 6. The last group never travels: it names what only the
 * local side can find.
 */
const errorTable = {
  malformed_message: { status: 400, title: 'The message is not well formed' },
  message_too_large: { status: 413, title: 'The message is too large' },
  unsupported_protocol: { status: 400, title: 'The protocol version is not supported' },
  wrong_recipient: { status: 421, title: 'This message is meant for another agent' },
  stale_recipient_key: { status: 409, title: 'It was encrypted to a key this agent no longer uses' },
  stale_timestamp: { status: 401, title: 'The timestamp is outside the freshness window' },
  replayed_nonce: { status: 409, title: 'This nonce has been seen before' },
  session_conflict: { status: 409, title: 'This session id has been used before' },
  session_limit_reached: { status: 503, title: 'This agent holds as many sessions as it can' },
  rate_limited: { status: 429, title: 'Too many requests' },
  certificate_untrusted: { status: 401, title: 'The certificate is not issued by the pinned Controller for this use' },
  certificate_expired: { status: 401, title: 'The certificate is not valid at this time' },
  certificate_revoked: { status: 401, title: 'The certificate has been revoked' },
  revocation_status_unknown: { status: 503, title: 'No current revocation list is at hand' },
  identity_mismatch: { status: 401, title: 'The sender is not who the message says' },
  signature_invalid: { status: 401, title: 'The signature does not verify' },
  key_exchange_failed: { status: 401, title: 'The key exchange failed' },
  challenge_failed: { status: 401, title: 'The peer did not prove that it holds the key' },
  confirmation_failed: { status: 401, title: 'The confirmation does not verify' },
  unknown_session: { status: 404, title: 'There is no such session' },
  session_expired: { status: 410, title: 'The session has expired' },
  session_closed: { status: 410, title: 'The session is closed' },
  decryption_failed: { status: 401, title: 'The message does not decrypt' },
  replayed_message: { status: 409, title: 'This message has been received before' },
  unknown_epoch: { status: 409, title: 'The keys of this epoch are gone' },
  key_update_conflict: { status: 409, title: 'Both sides started a key update' },
  resumption_unknown: { status: 404, title: 'There is nothing to resume' },
  unknown_agent: { status: 404, title: 'There is no such agent' },
  unknown_certificate: { status: 404, title: 'There is no such certificate' },
  agent_id_taken: { status: 409, title: 'This agent_id belongs to another key' },
  unknown_registration: { status: 404, title: 'There is no such registration under way' },
  not_found: { status: 404, title: 'There is nothing at this address' },
  not_authorized: { status: 401, title: 'This call needs authority that was not shown' },
  not_permitted: { status: 403, title: 'This peer may not ask for that' },
  unknown_method: { status: 404, title: 'The agent has no handler of this name' },
  handler_failed: { status: 500, title: 'The handler failed' },
  request_declined: { status: 403, title: 'The person at the other side declined the request' },
  cannot_keep: { status: 503, title: 'The agent cannot keep the request at the moment' },
  answer_timeout: { status: 504, title: 'Nobody answered in time' },
  internal_error: { status: 500, title: 'Something went wrong in this agent' },
  peer_unreachable: { status: 502, title: 'The peer cannot be reached' },
  controller_unreachable: { status: 502, title: 'The Controller cannot be reached' },
  invalid_answer: { status: 502, title: 'The answer is not one this protocol knows' },
  peer_key_changed: { status: 495, title: 'The peer’s signing key is not the one you verified' },
  ca_changed: { status: 495, title: 'The Controller shows another CA than the one this agent pinned' },
  agent_in_use: { status: 423, title: 'This agent is open in another tab' },
  not_registered: { status: 409, title: 'This agent is not registered yet' },
  network_unavailable: { status: 503, title: 'This page cannot carry messages' },
  storage_failed: { status: 507, title: 'The data could not be kept' },
  storage_full: { status: 507, title: 'There is no room to keep more' },
  invalid_input: { status: 422, title: 'The input cannot be used' },
} as const satisfies Record<string, { status: number; title: string }>;

/** A stable code of the protocol, or of the local side. */
export type ErrorCode = keyof typeof errorTable;

/** True for a string that is one of the stable codes. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorTable, value);
}

/** What only this side can find: nobody else's word for it is taken. */
const ownWord: readonly ErrorCode[] = ['peer_key_changed', 'ca_changed', 'agent_in_use'];

/** True for a code that may be read from another's answer. */
export function isTravellingCode(value: unknown): value is ErrorCode {
  return isErrorCode(value) && !ownWord.includes(value);
}

/** Optional parts of a refusal: `retryAfter` in seconds; `now` in Unix seconds, with `stale_timestamp` only. */
export interface ErrorExtras {
  readonly retryAfter?: number;
  readonly now?: number;
  readonly cause?: unknown;
}

/** The one error type that crosses a module's edge. `detail` is a sentence without secrets that says what to do. */
export class ParleyError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryAfter: number | undefined;
  readonly now: number | undefined;

  constructor(code: ErrorCode, detail: string, extras: ErrorExtras = {}) {
    super(`${code}: ${detail}`, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'ParleyError';
    this.code = code;
    this.detail = detail;
    this.retryAfter = extras.retryAfter;
    this.now = extras.now;
  }

  /** The HTTP status that answers this error. */
  get status(): number {
    return errorTable[this.code].status;
  }

  /** A short title, the same for every error of this code. */
  get title(): string {
    return errorTable[this.code].title;
  }
}

/** RFC 9457 problem details as parley/1 sends them (protocol page, section 4). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly now?: number;
}

/** The problem+json object that answers `error`. */
export function toProblem(error: ParleyError): Problem {
  return {
    type: `urn:parley:error:${error.code}`,
    title: error.title,
    status: error.status,
    code: error.code,
    detail: error.detail,
    ...(error.now === undefined ? {} : { now: error.now }),
  };
}

/** `error` itself when it belongs to the family; otherwise one `internal_error` whose text tells nothing of the cause. */
export function asParleyError(error: unknown, fallback: ErrorCode = 'internal_error'): ParleyError {
  if (error instanceof ParleyError) return error;
  return new ParleyError(fallback, 'An unexpected error ended this operation. Nothing was sent twice.', {
    cause: error,
  });
}
