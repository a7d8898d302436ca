import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';

const allow = cors({
  origin: '*',
  allowMethods: ['GET', 'POST'],
  allowHeaders: ['content-type', 'authorization'],
  exposeHeaders: ['retry-after'],
  maxAge: 7_200,
});

/**
 * Lets pages of every origin call: what is said here is protected by its own signatures, never by cookies. Also answers the
 * question that browsers ask before a page of a public site may call a machine nearby (Private Network Access).
 */
export const crossOrigin: MiddlewareHandler = async (c, next) => {
  const answer = await allow(c, next);
  const response = answer ?? c.res;
  if (c.req.header('access-control-request-private-network') === 'true') {
    response.headers.set('access-control-allow-private-network', 'true');
  }
  response.headers.set('cross-origin-resource-policy', 'cross-origin');
  return answer;
};
