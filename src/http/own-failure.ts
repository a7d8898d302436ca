import { type ErrorCode, isLocalCode, ParleyError } from '../protocol/errors.ts';

/** Codes of the wire that say nothing of what was sent. */
const ownCodes: readonly ErrorCode[] = ['internal_error', 'unavailable'];

/**
 * True for an error that went wrong on this side: the store, NATS (`unavailable`), or what nobody expected. A refusal of what was sent
 * is none.
 */
export function isOwnFailure(error: unknown): boolean {
  return !(error instanceof ParleyError) || isLocalCode(error.code) || ownCodes.includes(error.code);
}
