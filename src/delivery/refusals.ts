import { LimitReached } from '../http/limit-reached.ts';
import { ParleyError } from '../protocol/errors.ts';
import { hour } from './limits.ts';

/** Returns the refusal of a call without a token that is alive. */
export function notAuthorized(): ParleyError {
  return new ParleyError('not_authorized', 'This needs a token of POST /delivery/token that is alive. Get a new one.');
}

/** Returns what everybody gets who asks for a group that is not there, or that they are not in. */
export function unknownGroup(): ParleyError {
  return new ParleyError('unknown_group', 'There is no group of this id, or this agent is not in it.');
}

/** Returns `malformed_message` with a sentence of what is wrong. */
export function malformed(detail: string): ParleyError {
  return new ParleyError('malformed_message', detail);
}

/** Returns `not_permitted` with a sentence of what may not be done. */
export function notPermitted(detail: string): ParleyError {
  return new ParleyError('not_permitted', `${detail} Nothing was stored.`);
}

/** Returns `group_epoch_conflict` with the index of the newest commit entry. */
export function conflict(index: number): ParleyError {
  const detail = 'The group has a newer commit. Nothing was stored. Read it, then try again.';
  return new ParleyError('group_epoch_conflict', detail, { index });
}

/** Returns `rate_limited` for what an agent may do so often in an hour. `firstAt`: when the oldest that counts was done. */
export function tooOften(detail: string, now: number, firstAt: number): LimitReached {
  const retryAfter = Math.max(1, firstAt + hour - now);
  return new LimitReached('delivery_rate', `${detail} Nothing was done. Try again later.`, { retryAfter });
}

/** Returns `mailbox_full` with a sentence of what is full. */
export function mailboxFull(detail: string): LimitReached {
  return new LimitReached('delivery_quota', `${detail} Nothing was stored. Try again later.`, { code: 'mailbox_full' });
}

/** Returns `message_too_large` for one part of a body. */
export function tooLarge(what: string, limit: number): LimitReached {
  return new LimitReached('body_bytes', `${what} may have at most ${limit} bytes. Nothing was stored.`, {
    code: 'message_too_large',
  });
}
