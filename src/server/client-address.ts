import type { IncomingMessage } from 'node:http';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/** The address a request comes from; what a proxy in front says counts only when it is trusted. */
export function addressOf(c: Context, trustProxy: boolean): string {
  return networkOf(told(c.req.header('x-forwarded-for'), trustProxy) ?? getConnInfo(c).remote.address ?? 'unknown');
}

/** The address a WebSocket upgrade comes from. */
export function addressOfUpgrade({ headers, socket }: IncomingMessage, trustProxy: boolean): string {
  return networkOf(told(headers['x-forwarded-for']?.toString(), trustProxy) ?? socket.remoteAddress ?? 'unknown');
}

function told(forwarded: string | undefined, trustProxy: boolean): string | undefined {
  return trustProxy ? forwarded?.split(',').at(-1)?.trim() : undefined;
}

/** IPv6 addresses of one /64 network count as one: whoever has one of them has them all. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  if (!plain.includes(':') || plain === '::1') return plain;
  const [front = '', back] = plain.split('::');
  const groups = front.split(':').filter((group) => group !== '');
  const missing = back === undefined ? 0 : 8 - groups.length - back.split(':').filter((group) => group !== '').length;
  const all = [...groups, ...Array.from({ length: missing }, () => '0'), ...(back ?? '').split(':')];
  return `${all.slice(0, 4).join(':')}::/64`;
}
