import type { ControllerEvent, EventHub } from './events.ts';

/** Milliseconds between comments that keep the connection and whoever stands between from giving up. */
const heartbeatMs = 15_000;
/** Events that may wait for a listener that does not read: after them it is let go, and comes back. */
const mostWaiting = 256;

const encoder = new TextEncoder();

/**
 * Returns server-sent events (HTML Living Standard, section 9.2) of everything that the hub emits from now on:
 * `event:` the type, `data:` {"agent_id": …}. They are hints: what they say is read again from the directory and the
 * signed CRL. The stream ends when `ended` aborts.
 */
export function eventStream(hub: EventHub, ended?: AbortSignal): Response {
  let stop = () => {};
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const end = () => {
          stop();
          controller.close();
        };
        const write = (text: string) => {
          if ((controller.desiredSize ?? 0) <= 0) {
            end();
            return;
          }
          controller.enqueue(encoder.encode(text));
        };
        const unsubscribe = hub.subscribe((event) => write(toText(event)));
        const heartbeat = setInterval(() => write(': still here\n\n'), heartbeatMs);
        stop = () => {
          unsubscribe();
          clearInterval(heartbeat);
          ended?.removeEventListener('abort', end);
        };
        write(': connected\n\n');
        if (ended?.aborted === true) end();
        else ended?.addEventListener('abort', end, { once: true });
      },
      cancel: () => stop(),
    },
    { highWaterMark: mostWaiting },
  );
  return new Response(stream, { headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' } });
}

function toText({ type, agentId }: ControllerEvent): string {
  return `event: ${type}\ndata: ${JSON.stringify({ agent_id: agentId })}\n\n`;
}
