import type { ServerOptions } from '../options/options.ts';
import type { Facts } from './log.ts';

/** Returns how a server is to run, for its log. Of tokens and of NATS it says only whether there are any. */
export function configurationFacts(options: ServerOptions): Facts {
  const { limits, relays, tls } = options;
  const { shareOfAddress, ...relay } = limits.relay;
  return {
    host: options.host,
    port: options.port,
    url: options.url,
    data: options.data,
    ca: options.ca,
    app: options.app,
    tls: tls !== undefined,
    registration: options.registration,
    relays: relays?.join(','),
    allow_origin: options.allowOrigin.join(','),
    proxies: options.trustProxy ? 'any, one hop' : options.proxies.join(','),
    nats: options.nats !== undefined,
    operator_token: sourceOf(options.operatorToken),
    registration_tokens: options.registration === 'open' ? 'none' : sourceOf(options.registrationTokens),
    metrics_token: options.metricsToken === undefined ? 'file, if there is one' : 'environment',
    rate_limit: options.rateLimit,
    new_agents_per_hour: options.newAgentsPerHour,
    names_per_key: options.namesPerKey,
    connected_agents: relay.agents,
    requests_per_agent: relay.requestsPerAgent,
    handshakes_per_agent: relay.handshakesPerAgent,
    relay_memory_mib: relay.bytesUnderWay / (1024 * 1024),
    share_of_address: `requests ${shareOfAddress.requests}, bytes ${shareOfAddress.bytes}, frames ${shareOfAddress.frames}, connections ${shareOfAddress.connections}`,
    event_streams: limits.streams.total,
    event_streams_per_address: limits.streams.perAddress,
    log_requests: options.logRequests,
  };
}

function sourceOf(token: unknown): string {
  return token === undefined ? 'file' : 'environment';
}
