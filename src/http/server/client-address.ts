import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import type { TrustedProxies } from './proxies.ts';

/** Returns the address, or IPv6 network, that a request comes from; what proxies in front say counts only when they are trusted. */
export function addressOf(c: Context, trusted: TrustedProxies): string {
  return networkOf(clientOf(getConnInfo(c).remote.address, c.req.header('x-forwarded-for'), trusted));
}

/** Returns the address, or IPv6 network, that a WebSocket upgrade comes from. */
export function addressOfUpgrade({ headers, socket }: IncomingMessage, trusted: TrustedProxies): string {
  return networkOf(clientOf(socket.remoteAddress, headers['x-forwarded-for']?.toString(), trusted));
}

/**
 * Returns the address of whoever sent a request: `remote`, or what the proxies between have added to `X-Forwarded-For`, from
 * its end on and only as far as each of them is trusted. What is no address there is not believed.
 */
export function clientOf(remote = 'unknown', forwarded: string | undefined, trusted: TrustedProxies): string {
  let address = plainAddress(remote) ?? remote;
  if (trusted === false || forwarded === undefined) return address;
  for (const [hop, entry] of forwarded.split(',').toReversed().entries()) {
    const before = trusted(address, hop) ? plainAddress(entry.trim()) : undefined;
    if (before === undefined) break;
    address = before;
  }
  return address;
}

/** Returns the IP address in `1.2.3.4`, `1.2.3.4:5`, `[::1]`, `[::1]:5`, `::1` or any of them in quotes, as RFC 5952 spells it. */
function plainAddress(text: string): string | undefined {
  const bare = text.replaceAll('"', '');
  const [, host = bare] = /^\[([^\]]*)\](?::\d+)?$/.exec(bare) ?? /^([^:]*):\d+$/.exec(bare) ?? [];
  const address = host.replace(/%.*$/, '');
  switch (isIP(address)) {
    case 4:
      return address;
    case 6:
      return withoutIpv4Prefix(new URL(`http://[${address}]`).hostname.slice(1, -1));
    default:
      return undefined;
  }
}

/** Returns the IPv4 address that an IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2) stands for. */
function withoutIpv4Prefix(address: string): string {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const bytes = [high, low].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
  return bytes.join('.');
}

/** Returns what counts as one client: an IPv4 address, or a /64 network of IPv6, since whoever has one of its addresses has them all. */
export function networkOf(text: string): string {
  const address = plainAddress(text) ?? text;
  if (isIP(address) !== 6 || address === '::1') return address;
  const [front = '', back] = address.split('::');
  const groups = front.split(':').filter((group) => group !== '');
  const missing = back === undefined ? 0 : 8 - groups.length - back.split(':').filter((group) => group !== '').length;
  const all = [...groups, ...Array.from({ length: missing }, () => '0'), ...(back ?? '').split(':')];
  return `${all.slice(0, 4).join(':')}::/64`;
}
