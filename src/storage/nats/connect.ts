import { connect, type NatsConnection } from '@nats-io/transport-node';
import { ParleyError } from '../../protocol/errors.ts';

/** Milliseconds between tries to reach a NATS server that has gone; it is tried for as long as this process lives. */
const reconnectMs = 500;

/**
 * Connects to NATS by one or more URLs with commas between them; a URL may name a user and a password, or a token. What
 * this connection publishes does not come back to it. Rejects with `storage_failed`; a URL is never part of the reason.
 */
export async function connectToNats(urls: string): Promise<NatsConnection> {
  const parsed = urls.split(',').map((url) => new URL(url.trim()));
  const [first] = parsed;
  const user = decodeURIComponent(first?.username ?? '');
  const pass = decodeURIComponent(first?.password ?? '');
  try {
    return await connect({
      servers: parsed.map(({ host }) => host),
      name: 'parley',
      noEcho: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: reconnectMs,
      ...(user === '' ? {} : pass === '' ? { token: user } : { user, pass }),
      ...(first?.protocol === 'tls:' ? { tls: {} } : {}),
    });
  } catch (cause) {
    throw new ParleyError(
      'storage_failed',
      'NATS does not answer, or refuses these credentials. Check NATS_URL, and that nats-server runs with -js.',
      { cause },
    );
  }
}
