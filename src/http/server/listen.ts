import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { ParleyError } from '../../protocol/errors.ts';
import { isError } from '../../protocol/realm.ts';
import { loadTls, type TlsNews, type TlsPaths, TlsWatch } from '../../storage/file/tls-watch.ts';
import { withoutBrackets } from './addresses.ts';

/** Milliseconds a client may take for its headers, and for its whole request. */
const headersMs = 10_000;
const requestMs = 60_000;
/** Milliseconds between looks for clients that have taken longer. */
const checkMs = 2_000;

/** What the system calls a failure to listen, in words. */
const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'cannot be used: another program listens there',
  EACCES: 'cannot be used: this user may not listen there',
  EADDRNOTAVAIL: 'cannot be used: this machine has no such address',
  ENOTFOUND: 'cannot be used: this name has no address',
  EAI_AGAIN: 'cannot be used: no name service says which address this name has',
  EINVAL: 'cannot be used: this is no address to listen at',
};

/** Where to listen. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** PEM files. */
  readonly tls: TlsPaths | undefined;
  /** The flags that say where; `--host` and `--port` when undefined. */
  readonly flags?: string;
}

/** A server that answers by a fetch-style application. */
export interface Listening {
  readonly server: Server;
  readonly port: number;
}

/** Listens; slow and idle clients are let go. Rejects with `invalid_input` when the port or the certificate cannot be used. */
export async function listen(
  { host, port, tls, flags = '--host (PARLEY_HOST) and --port (PORT)' }: ListenOptions,
  fetch: (request: Request, env: unknown) => Response | Promise<Response>,
  tell: (news: TlsNews) => void = () => undefined,
): Promise<Listening> {
  // The platform's own Request and Response stay: signals and streams are those of the tests and of the browser.
  const answer = getRequestListener(fetch, { overrideGlobalObjects: false });
  const timeouts = { headersTimeout: headersMs, requestTimeout: requestMs, connectionsCheckingInterval: checkMs };
  const server = tls === undefined ? createServer(timeouts, answer) : await tlsServer(timeouts, tls, answer, tell);
  server.maxHeadersCount = 100;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = reasons[cause.code ?? ''] ?? `cannot be used: ${cause.message}`;
      const detail = `Port ${port} on ${host} ${why}. Choose another with ${flags}, or stop the program that has it.`;
      reject(new ParleyError('invalid_input', detail, { cause }));
    });
    server.listen(port, withoutBrackets(host), resolve);
  });
  return { server, port: portOf(server.address()) };
}

async function tlsServer(
  timeouts: ServerOptions,
  paths: TlsPaths,
  answer: RequestListener,
  tell: (news: TlsNews) => void,
): Promise<Server> {
  try {
    const loaded = await loadTls(paths);
    const { cert, key } = loaded;
    const server = createTlsServer({ ...timeouts, cert, key }, answer);
    new TlsWatch(server, paths, loaded, tell);
    return server;
  } catch (cause) {
    if (cause instanceof ParleyError) throw cause;
    if (!isError(cause) || !('code' in cause)) throw cause;
    const { cert, key } = paths;
    const what = `--tls-cert is ${cert} and --tls-key is ${key}, which do not belong together, or are no PEM files`;
    throw new ParleyError('invalid_input', `${what}. Name a certificate and its own private key.`, { cause });
  }
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
