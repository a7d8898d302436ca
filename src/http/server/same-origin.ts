import type { MiddlewareHandler } from 'hono';
import { problemResponse } from '../problem-response.ts';
import { type Callers, refusalOf } from './callers.ts';

/** Refuses what pages of any other origin send, also of those that may call the rest of the server. No CORS is answered. */
export function sameOrigin(callers: Callers): MiddlewareHandler {
  const alone: Callers = { ...callers, named: [], family: () => [] };
  return async (c, next) => {
    const refusal = refusalOf(alone, {
      host: c.req.header('host'),
      origin: c.req.header('origin'),
      secFetchSite: c.req.header('sec-fetch-site'),
    });
    return refusal === undefined ? next() : problemResponse(refusal);
  };
}
