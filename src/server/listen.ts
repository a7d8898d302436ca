import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { ParleyError } from '../protocol/errors.ts';
import { withoutBrackets } from './options.ts';

/** Milliseconds a client may take for its headers, and for its whole request. */
const headersMs = 10_000;
const requestMs = 60_000;
/** Milliseconds between looks for clients that have taken longer. */
const checkMs = 2_000;

/** Where to listen. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** PEM files. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
}

/** A server that answers by a fetch-style application. */
export interface Listening {
  readonly server: Server;
  readonly port: number;
}

/** Listens; slow and idle clients are let go. Rejects with `invalid_input` when the port or the certificate cannot be used. */
export async function listen(
  { host, port, tls }: ListenOptions,
  fetch: (request: Request, env: unknown) => Response | Promise<Response>,
): Promise<Listening> {
  // The platform's own Request and Response stay: signals and streams are those of the tests and of the browser.
  const answer = getRequestListener(fetch, { overrideGlobalObjects: false });
  const timeouts = { headersTimeout: headersMs, requestTimeout: requestMs, connectionsCheckingInterval: checkMs };
  const server =
    tls === undefined
      ? createServer(timeouts, answer)
      : createTlsServer({ ...timeouts, ...(await readTls(tls)) }, answer);
  server.maxHeadersCount = 100;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: Error) => {
      reject(new ParleyError('invalid_input', `Port ${port} on ${host} cannot be used: ${cause.message}`, { cause }));
    });
    server.listen(port, withoutBrackets(host), resolve);
  });
  return { server, port: portOf(server.address()) };
}

async function readTls({ cert, key }: NonNullable<ListenOptions['tls']>) {
  try {
    return { cert: await readFile(cert), key: await readFile(key) };
  } catch (cause) {
    throw new ParleyError('invalid_input', `The TLS certificate or key cannot be read: ${cert}, ${key}.`, { cause });
  }
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
