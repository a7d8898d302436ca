import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Lifetime } from './platform.ts';

/** Milliseconds between two ticks of a timer that only keeps the process alive. */
const tickMs = 2 ** 30;
/** Undici, which is Node's `fetch` and `WebSocket`, tells it of each request with its socket; neither gives the socket out. */
const channel = 'undici:client:sendHeaders';

let holds = 0;
let ticking: NodeJS.Timeout | undefined;
let watchers = 0;
/** Sockets that no longer keep the process alive. */
const released = new WeakSet<object>();

/** Agents keep the process alive by a timer that they can end, and by nothing else. */
export const nodeLifetime: Lifetime = {
  hold() {
    holds += 1;
    ticking ??= setInterval(() => undefined, tickMs);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      holds -= 1;
      if (holds > 0) return;
      clearInterval(ticking);
      ticking = undefined;
    };
  },
  scheduler: {
    after(ms, task) {
      const timer = setTimeout(task, Math.min(2 ** 31 - 1, Math.max(0, ms))).unref();
      return { cancel: () => clearTimeout(timer) };
    },
  },
  releaseConnections() {
    if (watchers === 0) subscribe(channel, releaseStanding);
    watchers += 1;
    let isWatching = true;
    return () => {
      if (!isWatching) return;
      isWatching = false;
      watchers -= 1;
      if (watchers === 0) unsubscribe(channel, releaseStanding);
    };
  },
};

/** Releases the socket of a standing connection, and takes it back when another request uses it later. */
function releaseStanding(message: unknown): void {
  const { request, headers, socket } = membersOf(message);
  const { path } = membersOf(request);
  if (!isSocket(socket) || typeof path !== 'string' || typeof headers !== 'string') return;
  const isLine = path.endsWith('/relay/connect') && headers.includes('parley-relay.');
  const isStream = /\/(?:controller|delivery)\/events$/.test(path) && headers.includes('text/event-stream');
  if (isLine || isStream) {
    socket.unref();
    released.add(socket);
  } else if (released.delete(socket)) socket.ref();
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isSocket(value: unknown): value is { ref(): void; unref(): void } {
  return typeof value === 'object' && value !== null && 'ref' in value && 'unref' in value;
}
