import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { cutText } from '../../protocol/wire/cut.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import { type ByteSource, sourceOfBytes, sourceOfStream } from './byte-source.ts';
import type { GivenAnswer } from './given-answer.ts';

/** The media type of a stream of JSON values, one a line (protocol page, section 4.3). */
export const jsonLines = 'application/jsonl';
const anyBytes = 'application/octet-stream';

/** What a handler can add to a stream that it answers with; see `streamed`. */
export interface StreamWords {
  /** What is known at once, as JSON. */
  readonly result?: unknown;
  readonly mediaType?: string;
  readonly size?: number;
  /** A display text, never a path. */
  readonly name?: string;
  /** Seconds, at most 86,400, for which it is kept while nobody reads. */
  readonly keep?: number;
}

type Source = Uint8Array | Blob | ReadableStream<Uint8Array> | AsyncIterable<unknown>;

/** An answer that is a stream, with words to it. Made by `streamed`. */
export class StreamedAnswer {
  readonly source: Source;
  readonly words: StreamWords;

  constructor(source: Source, words: StreamWords) {
    this.source = source;
    this.words = words;
  }
}

/**
 * Returns what a handler answers with to have `source` streamed, with a name, a size or a media type, and JSON that is known at once.
 * Throws `invalid_input` for words that no peer takes.
 */
export function streamed(source: Source, words: StreamWords = {}): StreamedAnswer {
  const { mediaType = '', name = '', size = 0, keep = 0 } = words;
  const refuse = (what: string) => new ParleyError('invalid_input', `${what} Nothing was sent.`);
  if (!mediaType.isWellFormed() || !name.isWellFormed()) throw refuse('A stream has words without lone surrogates.');
  if ([...mediaType].length > limits.mediaType) throw refuse('A media type has at most 127 characters.');
  if ([...name].length > limits.streamName) throw refuse('The name of a stream has at most 255 characters.');
  if (!Number.isSafeInteger(size) || size < 0) throw refuse('The size of a stream is a number of bytes.');
  if (!Number.isSafeInteger(keep) || keep < 0 || keep > limits.streamKept) {
    throw refuse('A stream is kept for 0 to 86,400 whole seconds.');
  }
  return new StreamedAnswer(source, words);
}

/**
 * Returns what a handler has given as what is sent: bytes of up to 1 MiB beside the answer, and as streams what is longer, blobs, streams
 * of bytes, and the values of an async generator as lines of JSON. `plain` reads everything else, and each value of a generator.
 */
export function answerOf(given: unknown, plain: (value: unknown, root: string) => JsonValue): GivenAnswer {
  if (given instanceof StreamedAnswer) {
    const { result = null, ...words } = given.words;
    const { stream, bytes } = answerOf(given.source, plain);
    const source = stream ?? {
      source: sourceOfBytes(bytes ?? new Uint8Array(0)),
      mediaType: anyBytes,
      size: bytes?.length,
    };
    return { result: plain(result, 'result'), stream: { ...source, ...words } };
  }
  if (given instanceof Uint8Array) {
    const bytes = given.slice();
    if (bytes.length <= limits.storedAttachment) return { result: null, bytes };
    return { result: null, stream: { source: sourceOfBytes(bytes), mediaType: anyBytes, size: bytes.length } };
  }
  if (given instanceof Blob) {
    const source = sourceOfStream(given.stream());
    const mediaType = given.type === '' ? anyBytes : cutText(given.type, limits.mediaType);
    const name = given instanceof File ? cutText(given.name.toWellFormed(), limits.streamName) : '';
    return { result: null, stream: { source, mediaType, size: given.size, ...(name === '' ? {} : { name }) } };
  }
  if (given instanceof ReadableStream) {
    return { result: null, stream: { source: checkedSource(sourceOfStream(given)), mediaType: anyBytes } };
  }
  if (isAsyncIterable(given)) return { result: null, stream: { source: linesOf(given, plain), mediaType: jsonLines } };
  return { result: plain(given, 'result') };
}

/** Copies what comes, which its maker may use again, and refuses what is no bytes. */
function checkedSource(source: ByteSource): ByteSource {
  return {
    next: async () => {
      const bytes: unknown = await source.next();
      if (bytes === undefined) return undefined;
      if (!(bytes instanceof Uint8Array))
        throw new ParleyError('stream_failed', 'A stream of bytes gave something else.');
      return bytes.slice();
    },
    cancel: (reason) => source.cancel(reason),
  };
}

function linesOf(values: AsyncIterable<unknown>, plain: (value: unknown, root: string) => JsonValue): ByteSource {
  const iterator = values[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return {
    next: async (): Promise<Bytes | undefined> => {
      const { done, value } = await iterator.next();
      return done === true ? undefined : encoder.encode(`${JSON.stringify(plain(value, 'value'))}\n`);
    },
    cancel: async () => {
      // A generator that waits for something hears of the end by its signal alone: its `return` waits as long.
      await iterator.return?.();
    },
  };
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
