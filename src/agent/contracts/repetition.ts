import type { ErrorCode } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { ExchangeView } from './views.ts';

/** Codes that the same request meets however often it is sent. */
const lasting: readonly ErrorCode[] = [
  'invalid_input',
  'malformed_message',
  'message_too_large',
  'unsupported_protocol',
  'unknown_method',
  'not_permitted',
  'certificate_revoked',
];

/**
 * What can be done about a request that got no answer. `again`: sent again under its request_id, which the peer runs once. `as new`:
 * its receiver may have forgotten that it ran (protocol page, section 4). `never`: the same request fails again.
 */
export type Repetition = 'again' | 'as new' | 'never';

/** Returns whether sending a failed request of this agent again can help; `now` in milliseconds since 1970. */
export function repetitionOf({ error, at }: Pick<ExchangeView, 'error' | 'at'>, now: number): Repetition {
  if (error !== undefined && lasting.some((code) => code === error.code)) return 'never';
  return now - at > 1_000 * limits.requestMemory ? 'as new' : 'again';
}

/** True for a request that was left for its peer, or was to be where that is away: it is named as messages of groups are. */
export function wasToBeLeft({ group, requestId }: Pick<ExchangeView, 'group' | 'requestId'>): boolean {
  return group !== undefined || /^[0-9a-f]{32}$/.test(requestId);
}
