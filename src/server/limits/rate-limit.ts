import type { Context, MiddlewareHandler } from 'hono';
import { type LimitName, LimitReached } from '../../http/limit-reached.ts';
import { addressOf } from '../../http/server/client-address.ts';
import type { TrustedProxies } from '../../http/server/proxies.ts';
import { FixedWindow } from './fixed-window.ts';

/**
 * Lets each address spend `points` in `seconds`; the middleware throws `rate_limited` for the rest, with when to come back. A request
 * costs one point, or what `costOf` says.
 */
export function rateLimit(
  limit: Extract<LimitName, 'requests_per_second' | 'names_per_second'>,
  points: number,
  seconds: number,
  trusted: TrustedProxies,
  costOf: (c: Context) => number = () => 1,
): MiddlewareHandler {
  const windows = new FixedWindow(points, seconds * 1_000);
  return async (c, next) => {
    if (windows.spend(addressOf(c, trusted), costOf(c), performance.now())) return next();
    throw new LimitReached(
      limit,
      'This address sends more requests than its share. Nothing was done. Try again in a moment.',
      { retryAfter: seconds },
    );
  };
}
