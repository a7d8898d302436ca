/** Milliseconds between comments that keep the connection and whoever stands between from giving up. */
const heartbeatMs = 15_000;
/** Events that may wait for a listener that does not read: after them it is let go, and comes back. */
const mostWaiting = 256;

const encoder = new TextEncoder();

/** Writes an event of this type, with `data` as JSON. */
export type TellEvent = (event: string, data: unknown) => void;

const headers = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };

/** Returns the answer to HEAD where GET gives events: a router that answers HEAD by GET drops the body, and nobody would ever end it. */
export function headOfEvents(): Response {
  return new Response(null, { headers });
}

/**
 * Returns server-sent events (HTML Living Standard, section 9.2): what `follow` tells from now on, until the listener goes, does not
 * read, or `ended` aborts. `follow` returns what stops it.
 */
export function sentEvents(follow: (tell: TellEvent) => () => void, ended?: AbortSignal): Response {
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
        const unfollow = follow((event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
        const heartbeat = setInterval(() => write(': still here\n\n'), heartbeatMs);
        stop = () => {
          unfollow();
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
  return new Response(stream, { headers });
}
