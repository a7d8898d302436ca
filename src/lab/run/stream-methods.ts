import { MethodRegistry } from '../../agent/messages/methods.ts';
import { streamed } from '../../agent/streams/answer-kinds.ts';
import { ParleyError } from '../../protocol/errors.ts';

/** Bytes of what `archive` answers with. */
export const archiveSize = 40_000;

/** What the lab's Helper does with streams, and what came of it. */
export interface StreamMethods {
  readonly methods: MethodRegistry;
  /** Sizes of the bodies that `store` has taken as whole. */
  readonly stored: readonly number[];
}

/** Returns methods that answer with a stream, take one, and keep one open: `archive`, `store` and `wait`. */
export function streamMethods(): StreamMethods {
  const stored: number[] = [];
  const methods = new MethodRegistry();
  methods.register('ping', () => ({ pong: true }));
  methods.register('archive', () => streamed(archive(), { size: archiveSize, name: 'letters' }));
  methods.register('wait', (_parameters, { signal }) => streamed(until(signal), {}));
  methods.register('store', async (_parameters, { body }) => {
    if (body === undefined) throw new ParleyError('invalid_input', 'Nothing came to be stored.');
    const bytes = await body.bytes();
    stored.push(bytes.length);
    return { stored: bytes.length };
  });
  return { methods, stored };
}

/** Returns the bytes that `archive` answers with. */
export function archive(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: archiveSize }, (_, at) => (at * 31 + (at >> 8)) & 0xff);
}

/** A stream without a byte, until it is ended. */
function until(signal: AbortSignal): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => signal.addEventListener('abort', () => controller.error(signal.reason)),
  });
}
