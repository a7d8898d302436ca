import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from './log.ts';

/** Every address of the API, with the names of what differs in it. Any other path is the app's. */
const patterns = [
  '/agents/:id/agent/handshake',
  '/agents/:id/agent/message',
  '/agents/:id/agent/session/:session',
  '/controller/agents',
  '/controller/agents/:id',
  '/controller/ca',
  '/controller/certificates/:hash',
  '/controller/crl',
  '/controller/events',
  '/controller/register',
  '/controller/register/:id/confirm',
  '/controller/revoke',
  '/healthz',
  '/metrics',
  '/operator/agents',
  '/operator/status',
  '/operator/tokens',
  '/operator/tokens/:id',
  '/operator/tokens/:id/rotate',
  '/readyz',
  '/relay',
  '/relay/connect',
  '/version',
];
const known = patterns.map((pattern) => ({
  pattern,
  matches: new RegExp(`^${pattern.replaceAll(/:\w+/g, '[^/]+')}/?$`),
}));

/** Returns the pattern of the address that a request is for: no id, no query, nothing that the client chose. */
export function routePattern(target: string): string {
  const path = target.split('?', 1)[0] ?? '';
  const found = known.find(({ matches }) => matches.test(path))?.pattern;
  if (found !== undefined) return found;
  const [, part] = /^\/(agents|controller|operator|relay)(?:\/|$)/.exec(path) ?? [];
  return part === undefined ? '/*' : `/${part}/*`;
}

/**
 * Logs every request to `server` when its answer has ended: method, pattern of its address, status (0 for a client that left before an
 * answer began), milliseconds, and the bytes that were answered, headers included. Returns what logs an upgrade when its line has ended.
 */
export function logRequests(
  server: Pick<Server, 'on'>,
  log: Log,
  now: () => number = () => performance.now(),
): (request: IncomingMessage, socket: Duplex, status: number) => void {
  const since = (request: IncomingMessage) => {
    const began = now();
    const { socket } = request;
    const before = socket.bytesWritten;
    return (status: number) =>
      log('info', 'request', {
        method: request.method,
        route: routePattern(request.url ?? ''),
        status,
        ms: Math.round(now() - began),
        bytes: socket.bytesWritten - before,
      });
  };
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const end = since(request);
    response.once('close', () => end(response.headersSent ? response.statusCode : 0));
  });
  return (request, socket, status) => {
    const end = since(request);
    socket.once('close', () => end(status));
  };
}
