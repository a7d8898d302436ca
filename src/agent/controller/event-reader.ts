import { createParser } from 'eventsource-parser';
import { ParleyError } from '../../protocol/errors.ts';

/** Characters that may come without an event among them. */
const mostBuffered = 64 * 1024;

/** What a reader of events tells. */
export interface EventListener {
  /** Hears the type of each event, and its data. */
  heard(type: string, data: string): void;
  /** Hears of every part of the stream, comments included: the connection is alive. */
  alive(): void;
}

/**
 * Tells `listener` of every server-sent event until the answer ends. The connection is released however it ends. Rejects with
 * `controller_unreachable` when the answer is not a stream of events, or breaks off.
 */
export async function readEvents(response: Response, listener: EventListener): Promise<void> {
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('text/event-stream') || response.body === null) {
    await response.body?.cancel();
    throw new ParleyError('controller_unreachable', 'The Controller sends no events.');
  }
  const parser = createParser({
    maxBufferSize: mostBuffered,
    onEvent: ({ event, data }) => {
      if (event !== undefined) listener.heard(event, data);
    },
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') throw error;
    },
  });
  const decoder = new TextDecoder();
  // No async iterator: WebKitGTK has none on streams.
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      listener.alive();
      parser.feed(decoder.decode(value, { stream: true }));
    }
  } catch (cause) {
    throw new ParleyError('controller_unreachable', 'The Controller’s events ended.', { cause });
  } finally {
    // A stream that has failed has let its connection go already.
    await reader.cancel().catch(() => undefined);
  }
}
