import { IncomingMessage } from 'node:http';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { DeliveryApp } from '../../delivery/delivery.ts';
import { deliveryLimits } from '../../delivery/limits.ts';
import { addressOf } from '../../http/server/client-address.ts';
import { readIncoming } from '../../http/server/incoming-body.ts';
import type { TrustedProxies } from '../../http/server/proxies.ts';
import { sendWithin } from '../../relay/server/bodies.ts';
import type { Budget, Hold } from '../../relay/server/budget.ts';

/** What the routes of the delivery service are made of. */
export interface DeliveryRoutes {
  readonly delivery: DeliveryApp;
  /** What bodies and answers on their way are held in. */
  readonly bytes: Budget;
  readonly trustProxy: TrustedProxies;
  /** Lets a stream of events through, or not. */
  readonly limitStreams: MiddlewareHandler;
}

/** The service as an owner of bytes on their way. No agent has this name. */
const service = ' delivery';

/**
 * Mounts the delivery service. A body is read here: as fast as its sender has to be, and only from an agent with a token where one is
 * needed. Bodies and answers have half of the memory that there is for them, with a share for each address.
 */
export function deliveryRoutes({ delivery, bytes, trustProxy, limitStreams }: DeliveryRoutes): Hono {
  const app = new Hono();
  app.get('/delivery/events', limitStreams, (c) => delivery.fetch(c.req.raw, addressOf(c, trustProxy)));
  app.all('/delivery/*', async (c) => {
    const { path, raw } = c.req;
    const { url, method, headers, signal } = raw;
    const address = addressOf(c, trustProxy);
    const hasBody = method === 'POST' || method === 'PUT';
    if (hasBody && path !== '/delivery/token') await delivery.caller(raw);
    const hold = bytes.hold({ agentId: service, address, isHandshake: false });
    try {
      const request = hasBody
        ? new Request(url, { method, headers, signal, body: await readHeld(hold, c, limitOf(path)) })
        : raw;
      const answer = await delivery.fetch(request, address);
      const body = new Uint8Array(await answer.arrayBuffer());
      hold.atLeast(hold.bytes + body.length);
      return sendWithin(hold, c, { status: answer.status, headers: answer.headers }, body);
    } catch (error) {
      hold.end();
      throw error;
    }
  });
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
