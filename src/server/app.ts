import { type Context, Hono } from 'hono';
import type { FetchApp } from '../controller/controller.ts';
import { longestPage, usualPage } from '../controller/directory.ts';
import type { Token } from '../controller/tokens.ts';
import { problemResponse } from '../http/problem-response.ts';
import type { Callers } from '../http/server/callers.ts';
import { addressOf } from '../http/server/client-address.ts';
import { crossOrigin } from '../http/server/cross-origin.ts';
import type { Crumbs } from '../http/server/crumbs.ts';
import { readIncoming } from '../http/server/incoming-body.ts';
import type { TrustedProxies } from '../http/server/proxies.ts';
import { sameOrigin } from '../http/server/same-origin.ts';
import { ParleyError } from '../protocol/errors.ts';
import { limits } from '../protocol/limits.ts';
import type { EventStreams } from './limits/event-streams.ts';
import { rateLimit } from './limits/rate-limit.ts';
import type { Metrics } from './telemetry/metrics.ts';
import { requireMetricsReader } from './telemetry/metrics-access.ts';
import type { Observer } from './telemetry/observer.ts';
import { parleyVersion } from './web/package-folder.ts';
import { securityHeaders } from './web/security-headers.ts';

/** What the server's HTTP side is made of. */
export interface ServerAppDeps {
  readonly controller: FetchApp;
  /** The routes of the delivery service. */
  readonly delivery: Hono;
  readonly relay: Hono;
  /** The operator's calls. */
  readonly operator: Hono;
  readonly webApp: Hono | undefined;
  readonly metrics: Metrics;
  readonly streams: EventStreams;
  readonly crumbs: Crumbs;
  /** Base URLs of the relays of the group, for whoever calls this one by `host`. */
  readonly relays: (host: string | undefined) => readonly string[];
  readonly registration: 'open' | 'token';
  readonly callers: Callers;
  readonly isTls: boolean;
  readonly trustProxy: TrustedProxies;
  /** Without one, `/metrics` is not there. */
  readonly metricsToken: Token | undefined;
  readonly requestsPerSecond: number;
  /** Resolves when requests can be answered; rejects when they cannot. */
  readonly ready: () => Promise<void>;
  readonly observer: Pick<Observer, 'failed' | 'requestFailed'>;
}

/** Creates the app of everything that a server answers, on one port. */
export function createServerApp(deps: ServerAppDeps): Hono {
  const { controller, relay, webApp, metrics, trustProxy, requestsPerSecond, observer } = deps;
  const perSecond = () => rateLimit('requests_per_second', requestsPerSecond, 1, trustProxy);
  const ready = shared(deps.ready);
  const app = new Hono();
  app.use(securityHeaders(deps.isTls));
  app.use(async (c, next) => {
    await next();
    metrics.answered(routeOf(c.req.path), c.res.status);
  });

  const forPages = crossOrigin(deps.callers, (path) => routeOf(path) === 'app');
  const forOperator = sameOrigin(deps.callers);
  app.use((c, next) => (routeOf(c.req.path) === 'operator' ? forOperator(c, next) : forPages(c, next)));

  app.get('/healthz', (c) => c.text('ok'));
  app.get('/readyz', async (c) => {
    try {
      await ready();
      return c.text('ready');
    } catch (error) {
      observer.failed('not_ready', error);
      return c.text(error instanceof ParleyError ? `not ready: ${error.detail}` : 'not ready', 503);
    }
  });
  app.get('/version', (c) => c.json({ version: parleyVersion(), protocol: 'parley/1' }));
  app.get('/metrics', async (c) => {
    await requireMetricsReader(c, deps.metricsToken);
    return metrics.answer();
  });

  app.use('/agents/*', perSecond());
  app.use('/controller/*', perSecond());
  const names = namesPerSecond(requestsPerSecond);
  app.use('/controller/agents', rateLimit('names_per_second', names, 1, trustProxy, namesAsked));
  app.get('/controller/events', deps.streams.limit);
  app.on('POST', postedTo, async (c) => {
    const address = addressOf(c, trustProxy);
    return controller.fetch(await readPaced(c, address, deps.crumbs), address);
  });
  app.all('/controller/*', (c) => controller.fetch(c.req.raw, addressOf(c, trustProxy)));
  app.use('/delivery/*', perSecond());
  app.route('/', deps.delivery);
  app.use('/operator/*', perSecond());
  app.route('/', deps.operator);
  app.get('/relay', (c) => c.json({ relays: deps.relays(c.req.header('host')), registration: deps.registration }));
  app.route('/', relay);
  app.use(perSecond());
  if (webApp !== undefined) app.route('/', webApp);

  app.notFound(() => problemResponse(new ParleyError('not_found', 'There is nothing at this address.')));
  app.onError((error, c) => {
    observer.requestFailed(error, { address: addressOf(c, trustProxy) });
    return problemResponse(error);
  });
  return app;
}

/** What the Controller reads a body at. */
const postedTo = ['/controller/register', '/controller/register/:id/confirm', '/controller/revoke'];

/** Returns a request with a body that was read already, at the pace of whoever sends it in crumbs. Throws `message_too_large`. */
async function readPaced(c: Context, address: string, crumbs: Crumbs): Promise<Request> {
  const { url, method, headers, signal } = c.req.raw;
  const body = await readIncoming(c, limits.handshakeBody, async (part, chunks) => {
    await crumbs.pace(address, part.length, chunks);
    return 'keep';
  });
  return new Request(url, { method, headers, signal, body });
}

/** Returns how many names of the directory one address may read in a second: a page costs as many as it holds. */
function namesPerSecond(requestsPerSecond: number): number {
  return Math.max(longestPage, 10 * requestsPerSecond);
}

function namesAsked(c: Context): number {
  const asked = Number(c.req.query('limit') ?? usualPage);
  return Number.isInteger(asked) && asked > 0 ? Math.min(asked, longestPage) : 1;
}

/** Returns `ask` such that callers during a call share its answer. */
function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask().finally(() => {
      answer = undefined;
    });
    return answer;
  };
}

function routeOf(path: string): string {
  const [, first = ''] = path.split('/');
  return ['controller', 'delivery', 'agents', 'relay', 'operator', 'healthz', 'readyz', 'version', 'metrics'].includes(
    first,
  )
    ? first
    : 'app';
}
