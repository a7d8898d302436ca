import { largestValueBytes } from '../agent/contracts/message-room.ts';
import type { Json } from '../agent/contracts/views.ts';
import { type Bytes, concat } from '../protocol/bytes.ts';
import { asParleyError, ParleyError } from '../protocol/errors.ts';
import { parseJson } from '../protocol/wire/json.ts';

const newline = 0x0a;
/** Space, tab and carriage return, of which a line may consist. */
const blanks: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d]);

/** Reads a stream of JSON values, one a line (protocol page, section 4.3), from its bytes in whatever pieces they come. */
export class JsonLines {
  #begun: Bytes[] = [];
  #length = 0;
  #line = 0;

  /**
   * Returns the values of the lines that end in `bytes`, each parsed when it is asked for. Throws `invalid_answer` for a line that is not
   * strict JSON of at most 16 levels, and `message_too_large` for one that no peer would send.
   */
  *take(bytes: Bytes): Generator<Json, void, undefined> {
    let from = 0;
    for (let to = bytes.indexOf(newline); to >= 0; to = bytes.indexOf(newline, from)) {
      this.#add(bytes.subarray(from, to));
      from = to + 1;
      yield* this.#values();
    }
    this.#add(bytes.subarray(from));
  }

  /** Returns the value of the last line, where no newline ends it. Throws as `take` does. */
  end(): Generator<Json, void, undefined> {
    return this.#values();
  }

  #add(part: Bytes): void {
    this.#length += part.length;
    if (this.#length > largestValueBytes) {
      throw new ParleyError('message_too_large', `Line ${this.#line + 1} of the stream is longer than any JSON value.`);
    }
    if (part.length > 0) this.#begun.push(part);
  }

  *#values(): Generator<Json, void, undefined> {
    const [only, ...more] = this.#begun;
    this.#begun = [];
    this.#length = 0;
    this.#line += 1;
    if (only === undefined) return;
    const line = more.length === 0 ? only : concat(only, ...more);
    if (line.every((byte) => blanks.has(byte))) return;
    yield this.#parsed(line);
  }

  #parsed(line: Bytes): Json {
    try {
      return parseJson(line, largestValueBytes);
    } catch (cause) {
      const { detail } = asParleyError(cause);
      throw new ParleyError('invalid_answer', `Line ${this.#line} of the stream cannot be read: ${detail}`, { cause });
    }
  }
}
