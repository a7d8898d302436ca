import type { Context, MiddlewareHandler } from 'hono';
import { problemResponse } from '../../http/problem-response.ts';
import { addressOf } from '../../http/server/client-address.ts';
import type { TrustedProxies } from '../../http/server/proxies.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { FixedWindow } from './fixed-window.ts';

/**
 * Lets each address spend `points` in `seconds`; answers the rest with 429 and when to come back. A request costs one point, or
 * what `costOf` says.
 */
export function rateLimit(
  points: number,
  seconds: number,
  trusted: TrustedProxies,
  costOf: (c: Context) => number = () => 1,
): MiddlewareHandler {
  const windows = new FixedWindow(points, seconds * 1_000);
  return async (c, next) => {
    if (windows.spend(addressOf(c, trusted), costOf(c), performance.now())) return next();
    return problemResponse(
      new ParleyError(
        'rate_limited',
        'This address sends more requests than its share. Nothing was done. Try again in a moment.',
        { retryAfter: seconds },
      ),
    );
  };
}
