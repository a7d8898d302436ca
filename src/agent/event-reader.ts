import { createParser } from 'eventsource-parser';
import { ParleyError } from '../protocol/errors.ts';

/** Characters that may come without an event among them. */
const mostBuffered = 64 * 1024;

/**
 * Calls `heard` with the type of every server-sent event until the answer ends. Rejects with `controller_unreachable` when it
 * is no stream of events, or breaks off.
 */
export async function readEvents(response: Response, heard: (type: string) => void): Promise<void> {
  const type = response.headers.get('content-type') ?? '';
  if (!response.ok || !type.startsWith('text/event-stream') || response.body === null) {
    await response.body?.cancel();
    throw new ParleyError('controller_unreachable', 'The Controller tells no events.');
  }
  const parser = createParser({
    maxBufferSize: mostBuffered,
    onEvent: ({ event }) => {
      if (event !== undefined) heard(event);
    },
  });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body) parser.feed(decoder.decode(chunk, { stream: true }));
  } catch (cause) {
    throw new ParleyError('controller_unreachable', 'The Controller’s events broke off.', { cause });
  }
}
