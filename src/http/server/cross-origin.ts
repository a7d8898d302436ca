import type { MiddlewareHandler } from 'hono';
import { problemResponse } from '../problem-response.ts';
import { type Callers, isNamed, refusalOf } from './callers.ts';

const allowed = {
  'access-control-allow-methods': 'GET, POST, PUT',
  'access-control-allow-headers': 'content-type, authorization',
  'access-control-max-age': '7200',
} as const;

/**
 * Refuses what pages of other origins send, also requests that need no CORS, and answers CORS (Fetch, section 3.2) to those
 * that may call. `isPage` says which paths anybody may lead to by a link.
 */
export function crossOrigin(callers: Callers, isPage: (path: string) => boolean = () => false): MiddlewareHandler {
  return async (c, next) => {
    const origin = c.req.header('origin');
    const secFetchSite = c.req.header('sec-fetch-site');
    const isLink =
      origin === undefined &&
      c.req.method === 'GET' &&
      c.req.header('sec-fetch-mode') === 'navigate' &&
      c.req.header('sec-fetch-dest') === 'document' &&
      isPage(c.req.path);
    const refusal = refusalOf(callers, {
      host: c.req.header('host'),
      origin,
      secFetchSite: isLink ? undefined : secFetchSite,
    });
    if (refusal !== undefined) return problemResponse(refusal);
    if (origin === undefined) return next();
    const isQuestion = c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') !== undefined;
    if (isQuestion) c.res = new Response(null, { status: 204, headers: allowed });
    else await next();
    const { headers } = c.res;
    headers.set('access-control-allow-origin', origin);
    headers.set('access-control-expose-headers', 'date, retry-after');
    headers.append('vary', 'origin');
    // Private Network Access: a page of a public site asks for a machine nearby.
    if (isQuestion && c.req.header('access-control-request-private-network') === 'true' && isNamed(callers, origin)) {
      headers.set('access-control-allow-private-network', 'true');
    }
    return undefined;
  };
}
