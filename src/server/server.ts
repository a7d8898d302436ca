import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { STATUS_CODES } from 'node:http';
import { createController } from '../controller/controller.ts';
import { standardNameLimits } from '../controller/new-names.ts';
import { RegistrationTokens } from '../controller/registration-tokens.ts';
import { addressOfServer, isLoopback } from '../http/server/addresses.ts';
import { type Callers, refusalOf } from '../http/server/callers.ts';
import { addressOf } from '../http/server/client-address.ts';
import { listen } from '../http/server/listen.ts';
import { OpenAnswers } from '../http/server/open-answers.ts';
import { trustedProxies } from '../http/server/proxies.ts';
import { Acceptor } from '../relay/server/accept.ts';
import { Budget } from '../relay/server/budget.ts';
import type { RelayLimits } from '../relay/server/limits.ts';
import { createRelayApp } from '../relay/server/relay-app.ts';
import { type FolderLock, lockFolder } from '../storage/file/folder-lock.ts';
import { requireOwner } from '../storage/file/folder-owner.ts';
import { makeFolder } from '../storage/file/make-folder.ts';
import type { TlsNews } from '../storage/file/tls-watch.ts';
import { LastSeen } from './admin/last-seen.ts';
import { openOperator } from './admin/open-operator.ts';
import { createServerApp } from './app.ts';
import { openBacking } from './backing/open-backing.ts';
import { settleRestore } from './backup/pending-restore.ts';
import { CaEnd } from './ca-end.ts';
import { deliveryRoutes } from './delivery/delivery-routes.ts';
import { openDelivery } from './delivery/open-delivery.ts';
import { tellLines } from './event-batch.ts';
import { EventStreams } from './limits/event-streams.ts';
import { ListWatch } from './list-watch.ts';
import { type MetricsPort, openMetricsPort } from './metrics-port.ts';
import { noticeLines } from './notice-lines.ts';
import type { ServerOptions } from './options/options.ts';
import { ownUrls, urlByHost } from './own-urls.ts';
import { startFailure } from './start-failure.ts';
import { configurationFacts } from './telemetry/configuration.ts';
import { gaugesOf } from './telemetry/gauges.ts';
import type { Log } from './telemetry/log.ts';
import { Metrics } from './telemetry/metrics.ts';
import { Observer } from './telemetry/observer.ts';
import { logRequests } from './telemetry/request-log.ts';
import { rotatingToken, storedToken } from './tokens.ts';
import { parleyVersion } from './web/package-folder.ts';
import { createWebApp } from './web/web-app.ts';

/** Milliseconds that requests under way have when the server ends. */
const drainMs = 10_000;

/** A server at work. */
export interface RunningServer {
  /** Base URL under which it is known. */
  readonly url: string;
  /** Where it listens. */
  readonly port: number;
  /** Ends it: nothing new is taken, agents are told, what is under way may finish. */
  close(): Promise<void>;
}

/**
 * Runs the web app, the Controller and the relay on one port. Rejects with `invalid_input`, `storage_failed` and `storage_full`,
 * each with what to do.
 */
export async function startServer(
  options: ServerOptions,
  log: Log,
  limits: RelayLimits = options.limits.relay,
): Promise<RunningServer> {
  try {
    await requireOwnStart(options.data);
    await makeFolder(options.data);
    const lock = lockFolder(options.data);
    try {
      if (await settleRestore(options.data)) log('warn', 'restored', { data: options.data });
      return await start(options, log, limits, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  } catch (error) {
    throw startFailure(error, options);
  }
}

/** Makes sure that the first start in an empty folder of another user does not fill it with files that are closed to that user. */
async function requireOwnStart(data: string): Promise<void> {
  if (existsSync(data) && (await readdir(data)).length === 0) await requireOwner(data, 'parley server …');
}

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

async function start(options: ServerOptions, log: Log, limits: RelayLimits, lock: FolderLock): Promise<RunningServer> {
  const { data, tls } = options;
  log('info', 'starting', { version: parleyVersion(), node: process.version, ...configurationFacts(options) });
  const operatorToken = options.operatorToken ?? (await rotatingToken(data, 'operator-token', log));
  const registrationTokens =
    options.registration === 'open'
      ? undefined
      : (options.registrationTokens ?? [await rotatingToken(data, 'registration-token', log)]);
  const metricsToken = options.metricsToken ?? (await storedToken(data, 'metrics-token', log));
  const trustProxy = trustedProxies(options.proxies, options.trustProxy);
  const backing = await openBacking(options, limits, log);
  const { store, lines, reach, events } = backing;
  const bytes = new Budget(limits.bytesUnderWay, limits.progressMs, limits.shareOfAddress);
  const stopSweeping = bytes.start();
  const streams = new EventStreams(options.limits.streams, trustProxy);
  const stopStreams = streams.start();
  const caEnd = new CaEnd(log, () => Math.floor(Date.now() / 1_000));
  const metrics = new Metrics(gaugesOf({ streams, lines, bytes, caEnd, backing, store }));
  const observer = new Observer(log, metrics);
  const stopObserving = observer.start();

  const ending = new AbortController();
  let fetch: (request: Request, env: unknown) => Response | Promise<Response> = () =>
    new Response('starting', { status: 503 });
  const open = async () => {
    const authority = await store.loadAuthority();
    if (authority !== undefined) await caEnd.learn(authority.certificate);
    if (options.metricsAt !== undefined) metricsPort = await openMetricsPort(options.metricsAt, metrics);
    return listen(
      options,
      (request, env) => fetch(request, env),
      (news) => log(news.kind === 'tls_reloaded' ? 'info' : 'warn', news.kind, tlsFacts(news)),
    );
  };
  let metricsPort: MetricsPort | undefined;
  const { server, port } = await open().catch(async (error) => {
    await metricsPort?.close();
    await backing.close();
    throw error;
  });
  const answers = new OpenAnswers(server);
  const url = options.url ?? addressOfServer({ host: options.host, port, isTls: tls !== undefined });

  const names = ownUrls(url, options.relays ?? []);
  const callers: Callers = {
    url,
    isLocal: isLoopback(options.host) || isLoopback(new URL(url).hostname),
    isTls: tls !== undefined,
    family: () => names,
    named: options.allowOrigin,
  };

  const now = () => Math.floor(Date.now() / 1_000);
  const tokens = new RegistrationTokens({ store, now, random });
  const lastSeen = new LastSeen(store, now, (error) => observer.failed('request_failed', error));
  const stopSeeing = lastSeen.start();
  const controller = createController({
    store,
    clock: () => Date.now(),
    random,
    baseUrl: url,
    issuedTokens: tokens,
    names: () => names,
    nameLimits: { ...standardNameLimits, perAddressAndHour: options.newAgentsPerHour, perKey: options.namesPerKey },
    presence: ({ agentId }) => reach.isOnline(agentId),
    operatorToken,
    events,
    ended: ending.signal,
    observe: observer.controller,
    ...(registrationTokens === undefined ? {} : { registrationTokens }),
  });
  const delivery = openDelivery({
    ...backing,
    lines: noticeLines(lines),
    names: () => names,
    random,
    ended: ending.signal,
    observer,
  });
  const app = createServerApp({
    controller,
    delivery: deliveryRoutes({ delivery: delivery.app, bytes, trustProxy, limitStreams: streams.limit }),
    relay: createRelayApp({
      reach,
      bytes,
      trustProxy,
      takesLines: (address) => acceptor.hasRoom(address),
      relayed: (outcome, seconds) => metrics.relayed.observe({ outcome }, seconds),
      failed: (error, address) => observer.requestFailed(error, { address }),
    }),
    operator: openOperator({
      operatorToken,
      backing,
      lastSeen,
      tokens,
      url,
      registration: options.registration,
      ca: () => caEnd.known,
      now,
      relayLimits: limits,
      bytes,
      streams,
      mostStreams: options.limits.streams.total,
      addressOf: (c) => addressOf(c, trustProxy),
      audit: (event, facts) => log('info', event, facts),
      refused: (address) => observer.operatorRefused({ address }),
    }),
    webApp: options.app === undefined ? undefined : createWebApp(options.app),
    metrics,
    streams,
    crumbs: bytes.crumbs,
    relays: (host) => options.relays ?? [urlByHost(names, host)],
    registration: options.registration,
    callers,
    isTls: tls !== undefined || url.startsWith('https:'),
    trustProxy,
    metricsToken,
    requestsPerSecond: options.rateLimit,
    ready: async () => {
      if (ending.signal.aborted) throw new TypeError('closing');
      await backing.ready();
    },
    observer,
  });
  const acceptor = new Acceptor({
    urlOf: ({ headers }) => urlByHost(names, headers.host),
    store,
    lines,
    limits,
    bytes,
    trustProxy,
    accepted: (agentId) => {
      log('debug', 'agent_connected', { agent_id: agentId });
      lastSeen.note(agentId);
      backing.connected(agentId);
    },
    left: (agentId) => {
      lastSeen.note(agentId);
      if (!ending.signal.aborted) log('debug', 'agent_disconnected', { agent_id: agentId });
    },
    refused: (error, from) => observer.connectionRefused(error, from),
    limitReached: (limit, address) => observer.limitReached(limit, { address }),
  });
  const stopTelling = tellLines(events, lines);
  const logUpgrade = options.logRequests ? logRequests(server, log) : () => undefined;
  server.on('upgrade', (request, socket, head) => {
    // Node listens no more by now: an error that nobody hears would end the process.
    socket.on('error', () => socket.destroy());
    const refuse = (status: number) => {
      logUpgrade(request, socket, status);
      const line = `HTTP/1.1 ${status} ${STATUS_CODES[status]}`;
      socket.end(`${line}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
    };
    const { host, origin } = request.headers;
    const refusal = refusalOf(callers, { host, origin, secFetchSite: request.headers['sec-fetch-site']?.toString() });
    if (refusal !== undefined) refuse(refusal.status);
    else if (ending.signal.aborted || request.url !== '/relay/connect') refuse(404);
    else logUpgrade(request, socket, acceptor.upgrade(request, socket, head));
  });
  fetch = (request, env) => app.fetch(request, env ?? {});
  // A list is signed before anybody asks, and one that a failure has left behind without waiting for somebody.
  const lists = new ListWatch(() => controller.fetch(new Request(`${url}/controller/crl`)), log);
  await lists.look();
  const stopLooking = lists.start();
  const stopCaEnd = caEnd.start();
  log('info', 'listening', { url, registration: options.registration, store: backing.kind, metrics: metricsPort?.url });

  return {
    url,
    port,
    close: async () => {
      if (ending.signal.aborted) return;
      ending.abort();
      stopLooking();
      stopCaEnd();
      log('info', 'draining', { agents: lines.size, under_way: lines.requestsUnderWay });
      backing.leave();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await untilDrained(() => lines.requestsUnderWay + answers.underWay);
      stopTelling();
      delivery.stop();
      stopSweeping();
      stopStreams();
      stopSeeing();
      for (const agentId of lines.agentIds()) lastSeen.note(agentId);
      await lastSeen.write();
      lines.close();
      await acceptor.close();
      server.closeAllConnections();
      await closed;
      await metricsPort?.close();
      await backing.close();
      lock.release();
      stopObserving();
      log('info', 'closed');
    },
  };
}

function tlsFacts(news: TlsNews): { readonly not_after?: string } {
  return 'ends' in news ? { not_after: news.ends.toISOString() } : {};
}

/** Resolves when nothing is under way any more, or after the time that there is for it. */
async function untilDrained(underWay: () => number): Promise<void> {
  const end = Date.now() + drainMs;
  while (underWay() > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 25));
}
