import type { Context, MiddlewareHandler } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { problemResponse } from '../agent/problem-response.ts';
import { ParleyError } from '../protocol/errors.ts';
import { addressOf } from './client-address.ts';
import type { TrustedProxies } from './proxies.ts';

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
  const limiter = new RateLimiterMemory({ points, duration: seconds });
  return async (c, next) => {
    try {
      await limiter.consume(addressOf(c, trusted), costOf(c));
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      return problemResponse(
        new ParleyError(
          'rate_limited',
          'This address asks for more than its share. Nothing was done. Try again in a moment.',
          {
            retryAfter: seconds,
          },
        ),
      );
    }
    return next();
  };
}
