import { Hono } from 'hono';
import { problemResponse } from '../agent/problem-response.ts';
import type { FetchApp } from '../controller/controller.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { Callers } from './callers.ts';
import { addressOf } from './client-address.ts';
import { crossOrigin } from './cross-origin.ts';
import type { Metrics } from './metrics.ts';
import { isLoopback } from './options.ts';
import { rateLimit } from './rate-limit.ts';
import { securityHeaders } from './security-headers.ts';

/** What the server's HTTP side is made of. */
export interface ServerAppParts {
  readonly controller: FetchApp;
  readonly relay: Hono;
  readonly webApp: Hono | undefined;
  readonly metrics: Metrics;
  /** Base URLs of the relays of the group. */
  readonly relays: () => readonly string[];
  readonly registration: 'open' | 'token';
  readonly callers: Callers;
  readonly isTls: boolean;
  readonly trustProxy: boolean;
  readonly requestsPerSecond: number;
  /** Resolves when requests can be answered; rejects when they cannot. */
  readonly ready: () => Promise<void>;
  readonly failed: (error: unknown) => void;
}

/** Everything a server answers, on one port. */
export function createServerApp(parts: ServerAppParts): Hono {
  const { controller, relay, webApp, metrics, trustProxy, requestsPerSecond } = parts;
  const app = new Hono();
  app.use(securityHeaders(parts.isTls));
  app.use(async (c, next) => {
    await next();
    metrics.requests.inc({ route: routeOf(c.req.path), status: c.res.status });
  });

  app.use(crossOrigin(parts.callers, (path) => routeOf(path) === 'app'));

  app.get('/healthz', (c) => c.text('ok'));
  app.get('/readyz', async (c) => {
    try {
      await parts.ready();
      return c.text('ready');
    } catch {
      return c.text('not ready', 503);
    }
  });
  app.get('/metrics', (c) => {
    // What a proxy of this machine passes on comes from elsewhere.
    const isForwarded = !trustProxy && c.req.header('x-forwarded-for') !== undefined;
    const isNear = !isForwarded && isLoopback(addressOf(c, trustProxy));
    return isNear ? metrics.answer() : c.notFound();
  });

  app.use('/agents/*', rateLimit(requestsPerSecond, 1, trustProxy));
  app.use('/controller/*', rateLimit(requestsPerSecond, 1, trustProxy));
  app.all('/controller/*', (c) => controller.fetch(c.req.raw));
  app.get('/relay', (c) => c.json({ relays: parts.relays(), registration: parts.registration }));
  app.route('/', relay);
  if (webApp !== undefined) app.route('/', webApp);

  app.notFound(() => problemResponse(new ParleyError('not_found', 'There is nothing at this address.')));
  app.onError((error) => {
    parts.failed(error);
    return problemResponse(error);
  });
  return app;
}

function routeOf(path: string): string {
  const [, first = ''] = path.split('/');
  return ['controller', 'agents', 'relay', 'healthz', 'readyz', 'metrics'].includes(first) ? first : 'app';
}
