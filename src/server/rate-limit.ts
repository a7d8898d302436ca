import type { MiddlewareHandler } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { problemResponse } from '../agent/problem-response.ts';
import { ParleyError } from '../protocol/errors.ts';
import { addressOf } from './client-address.ts';
import type { TrustedProxies } from './proxies.ts';

/** Lets each address make `points` requests in `seconds`; answers the rest with 429 and when to come back. */
export function rateLimit(points: number, seconds: number, trusted: TrustedProxies): MiddlewareHandler {
  const limiter = new RateLimiterMemory({ points, duration: seconds });
  return async (c, next) => {
    try {
      await limiter.consume(addressOf(c, trusted));
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      return problemResponse(
        new ParleyError('rate_limited', `From one address ${points} requests in ${seconds} s are answered.`, {
          retryAfter: seconds,
        }),
      );
    }
    return next();
  };
}
