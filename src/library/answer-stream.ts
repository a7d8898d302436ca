import type { ExchangeView, Json } from '../agent/contracts/views.ts';
import type { Exchanged } from '../agent/messages/outbox.ts';
import { jsonLines } from '../agent/streams/answer-kinds.ts';
import type { SaveFile } from '../host/platform.ts';
import { type Bytes, concat } from '../protocol/bytes.ts';
import { asParleyError, ParleyError } from '../protocol/errors.ts';
import { parseJson } from '../protocol/wire/json.ts';
import { AnswerReader, type ReaderDeps } from './answer-reader.ts';
import { JsonLines } from './json-lines.ts';

/** How much of an answer is put together. */
export interface WholeOptions {
  /** Bytes at most: 64 MiB when absent. */
  readonly limit?: number;
}

/** The ways in which an answer is read. It is read once, by one of them. */
export interface Readable<Item = Json | Bytes> extends AsyncIterable<Item, undefined> {
  /** Returns all bytes. Rejects with `message_too_large` beyond the limit, and never with a part of them. */
  bytes(options?: WholeOptions): Promise<Bytes>;
  /** Returns all bytes as text. Rejects as `bytes` does, and with `invalid_answer` for what is not UTF-8. */
  text(options?: WholeOptions): Promise<string>;
  /** Returns the JSON: of `application/jsonl` the array of its values. Rejects as `bytes` does, and with `invalid_answer`. */
  json<T = Json>(options?: WholeOptions): Promise<T>;
  /**
   * Saves all bytes. On Node, `path` is the file: it is written beside it, and takes its place once everything has come and the hash
   * fits. In a browser, `path` is the name that is proposed: the browser asks where to, or downloads it.
   */
  save(path?: string): Promise<void>;
}

/**
 * The answer to a request, while it comes. A loop over it gets the values of `application/jsonl` one by one, the value of an answer that is
 * plain JSON, and bytes in pieces otherwise; it throws when they do not come whole. Leaving the loop early cancels the request at the peer.
 */
export interface AnswerStream<Item = Json | Bytes> extends Readable<Item> {
  readonly requestId: string;
  /** What the peer has said at once beside the stream; for plain JSON, the answer itself. */
  readonly result: Json;
  /** The peer's word: `application/json` for plain JSON. */
  readonly mediaType: string;
  /** Bytes in all, where the peer says so. */
  readonly size: number | undefined;
  /** The peer's word: a text to show, never a path. */
  readonly name: string | undefined;
  /** Stops reading, and cancels the request at the peer unless everything has come. */
  cancel(reason?: unknown): Promise<void>;
}

/** What an answer is read with, and saved. */
export interface AnswerDeps extends ReaderDeps {
  /** Undefined where nothing can be saved. */
  readonly save: SaveFile | undefined;
}

const usualLimit = 64 * 1024 * 1024;
const plainJson = 'application/json';

/** An answer of a peer that is read once. */
export class ReceivedAnswer implements AnswerStream {
  readonly requestId: string;
  readonly result: Json;
  readonly mediaType: string;
  readonly size: number | undefined;
  readonly name: string | undefined;
  readonly #reader: AnswerReader;
  readonly #isPlain: boolean;
  readonly #save: SaveFile | undefined;
  #isTaken = false;

  /** `result` is that of an exchange that has succeeded. */
  constructor({ view, body }: Exchanged, result: Json, deps: AnswerDeps) {
    const plain = body === undefined ? new TextEncoder().encode(JSON.stringify(result)) : undefined;
    const { mediaType, size, name } = body ?? { mediaType: plainJson, size: plain?.length };
    this.requestId = view.requestId;
    this.result = result;
    this.mediaType = mediaType;
    this.size = size;
    this.name = name;
    this.#isPlain = plain !== undefined;
    this.#save = deps.save;
    this.#reader = new AnswerReader(body?.stream ?? streamOf(plain), deps);
  }

  [Symbol.asyncIterator](): AsyncIterator<Json | Bytes, undefined> {
    const values = this.#isJsonLines() ? this.#values() : this.#isPlain ? this.#onlyValue() : this.#pieces();
    return {
      next: () => values.next(),
      // A generator would be left only after what it waits for has come.
      return: async () => {
        await this.#reader.cancel();
        return values.return(undefined);
      },
    };
  }

  async bytes({ limit = usualLimit }: WholeOptions = {}): Promise<Bytes> {
    if (!Number.isSafeInteger(limit) || limit < 0) {
      throw new ParleyError('invalid_input', 'limit is a number of bytes. Nothing was read.');
    }
    this.#take();
    if (this.size !== undefined && this.size > limit) return this.#refuse(limit);
    const parts: Bytes[] = [];
    let length = 0;
    for (let part = await this.#reader.next(); part !== undefined; part = await this.#reader.next()) {
      length += part.length;
      if (length > limit) return this.#refuse(limit);
      parts.push(part);
    }
    return concat(...parts);
  }

  async text(options?: WholeOptions): Promise<string> {
    const bytes = await this.bytes(options);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (cause) {
      throw new ParleyError('invalid_answer', 'The answer is not a text in UTF-8.', { cause });
    }
  }

  json<T = Json>(options?: WholeOptions): Promise<T>;
  async json(options?: WholeOptions): Promise<unknown> {
    const bytes = await this.bytes(options);
    if (this.#isJsonLines()) {
      const lines = new JsonLines();
      return [...lines.take(bytes), ...lines.end()];
    }
    try {
      return parseJson(bytes, bytes.length);
    } catch (cause) {
      const { detail } = asParleyError(cause);
      throw new ParleyError('invalid_answer', `The answer cannot be read as JSON: ${detail}`, { cause });
    }
  }

  async save(path?: string): Promise<void> {
    const { mediaType, name } = this;
    if (this.#save === undefined) throw new ParleyError('storage_failed', 'Nothing can be saved here.');
    this.#take();
    try {
      await this.#save({ mediaType, name, bytes: { [Symbol.asyncIterator]: () => this.#left() } }, path);
    } finally {
      await this.#reader.cancel();
    }
  }

  async cancel(reason?: unknown): Promise<void> {
    this.#isTaken = true;
    await this.#reader.cancel(reason);
  }

  #take(): void {
    if (this.#isTaken) throw new ParleyError('invalid_input', 'This answer was read already. Ask again for another.');
    this.#isTaken = true;
  }

  async *#left(): AsyncGenerator<Bytes, undefined, undefined> {
    try {
      for (let part = await this.#reader.next(); part !== undefined; part = await this.#reader.next()) yield part;
      return undefined;
    } finally {
      await this.#reader.cancel();
    }
  }

  #pieces(): AsyncGenerator<Bytes, undefined, undefined> {
    this.#take();
    return this.#left();
  }

  async *#values(): AsyncGenerator<Json, undefined, undefined> {
    const pieces = this.#pieces();
    const lines = new JsonLines();
    for await (const piece of pieces) yield* lines.take(piece);
    yield* lines.end();
    return undefined;
  }

  async *#onlyValue(): AsyncGenerator<Json, undefined, undefined> {
    for await (const _ of this.#pieces());
    yield this.result;
    return undefined;
  }

  #isJsonLines(): boolean {
    return isJsonLines(this.mediaType);
  }

  async #refuse(limit: number): Promise<never> {
    const tooLarge = new ParleyError(
      'message_too_large',
      `The answer has more than ${limit} bytes, and nothing of it was returned. Give a higher limit, loop over it, or save it.`,
    );
    await this.#reader.cancel(tooLarge);
    throw tooLarge;
  }
}

/** Returns what `send` resolves with: the JSON of an answer, or the bytes of one that is bytes. Throws `invalid_input` for a stream of values. */
export async function wholeAnswer(exchanged: Exchanged, result: Json, deps: AnswerDeps): Promise<Json | Bytes> {
  if (exchanged.body === undefined) return result;
  const answer = new ReceivedAnswer(exchanged, result, deps);
  if (!isJsonLines(answer.mediaType)) return answer.bytes();
  await answer.cancel();
  throw streamed(exchanged.view);
}

function streamed({ method }: ExchangeView): ParleyError {
  return new ParleyError(
    'invalid_input',
    `The peer answers “${method}” with a stream of values. It was cancelled, and nothing of it was read: use stream().`,
  );
}

/** True for the media type of JSON lines, whatever its case and parameters. */
function isJsonLines(mediaType: string): boolean {
  return mediaType.split(';')[0]?.trim().toLowerCase() === jsonLines;
}

function streamOf(bytes: Bytes | undefined): ReadableStream<Bytes> {
  return new ReadableStream<Bytes>({
    start: (controller) => {
      if (bytes !== undefined && bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}
