import { isLocalCode, ParleyError } from '../protocol/errors.ts';

/** True for an error that went wrong on this side: the store, or what nobody expected. A refusal of what was sent is none. */
export function isOwnFailure(error: unknown): boolean {
  return !(error instanceof ParleyError) || isLocalCode(error.code) || error.code === 'internal_error';
}
