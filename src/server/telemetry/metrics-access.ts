import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { isToken, type Token } from '../../controller/tokens.ts';
import { isLoopback } from '../../http/server/addresses.ts';
import { plainAddress } from '../../http/server/client-address.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { ServerOptions } from '../options/options.ts';

/** What proxies add to requests that they pass on. */
const marks = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

/** True when nothing can stand before a server: it listens, and is known, on this machine alone. Then its metrics need no token. */
export function isForThisMachine(options: Pick<ServerOptions, 'host' | 'url' | 'trustProxy' | 'proxies'>): boolean {
  const { host, url, trustProxy, proxies } = options;
  const isKnownHere = url === undefined || isLoopback(new URL(url).hostname);
  return isLoopback(host) && isKnownHere && !trustProxy && proxies.length === 0;
}

/**
 * Throws `not_found` unless the request shows `token` as a Bearer or, without a token, comes from this machine and has passed
 * no proxy; a token that is wrong: `not_authorized`.
 */
export async function requireMetricsReader(c: Context, token: Token | undefined): Promise<void> {
  const shown = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (token !== undefined && shown !== undefined) {
    if (await isToken(shown, [token])) return;
    throw new ParleyError('not_authorized', 'This is not the metrics token. Send the server’s token as a Bearer.');
  }
  const remote = plainAddress(getConnInfo(c).remote.address ?? '') ?? '';
  const isNear = token === undefined && isLoopback(remote) && marks.every((name) => c.req.header(name) === undefined);
  if (!isNear) throw new ParleyError('not_found', 'There is nothing at this address.');
}
