import { IncomingMessage } from 'node:http';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { DeliveryApp } from '../../delivery/delivery.ts';
import { deliveryLimits } from '../../delivery/limits.ts';
import { addressOf } from '../../http/server/client-address.ts';
import { readIncoming } from '../../http/server/incoming-body.ts';
import type { TrustedProxies } from '../../http/server/proxies.ts';
import type { Budget, Hold } from '../../relay/server/budget.ts';

/** What the routes of the delivery service are made of. */
export interface DeliveryRoutes {
  readonly delivery: DeliveryApp;
  /** What bodies on their way are held in. */
  readonly bytes: Budget;
  readonly trustProxy: TrustedProxies;
  /** Lets a stream of events through, or not. */
  readonly limitStreams: MiddlewareHandler;
}

/**
 * Mounts the delivery service. A body is read here: as fast as its sender has to be, within the memory that there is for bodies and the
 * share of its address, and only from an agent with a token where one is needed.
 */
export function deliveryRoutes({ delivery, bytes, trustProxy, limitStreams }: DeliveryRoutes): Hono {
  const app = new Hono();
  app.get('/delivery/events', limitStreams);
  app.on(['POST', 'PUT'], '/delivery/*', async (c) => {
    const { path, raw } = c.req;
    const address = addressOf(c, trustProxy);
    const agentId = path === '/delivery/token' ? 'delivery' : await delivery.caller(raw);
    const hold = bytes.hold({ agentId, address, isHandshake: false });
    try {
      const body = await readHeld(hold, c, limitOf(path));
      const { url, method, headers, signal } = raw;
      return await delivery.fetch(new Request(url, { method, headers, signal, body }), address);
    } finally {
      hold.end();
    }
  });
  app.all('/delivery/*', (c) => delivery.fetch(c.req.raw, addressOf(c, trustProxy)));
  return app;
}

async function readHeld(hold: Hold, c: Context, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const { incoming }: { readonly incoming?: unknown } = c.env ?? {};
  hold.watch(() => {
    if (incoming instanceof IncomingMessage) incoming.destroy();
  });
  try {
    return await readIncoming(c, limit, async (part, chunks) => {
      await hold.pace(part.length, chunks);
      hold.take(part.length);
      return 'keep';
    });
  } finally {
    hold.unwatch();
  }
}

function limitOf(path: string): number {
  if (path.endsWith('/entries')) return deliveryLimits.entriesBody;
  return path === '/delivery/key-packages' ? deliveryLimits.keyPackagesBody : deliveryLimits.body;
}
