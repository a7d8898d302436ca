import { type Bytes, toHex } from '../../protocol/bytes.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { JsonValue } from '../../protocol/wire/json.ts';
import { ByteReader } from './byte-reader.ts';
import { shortestSame, tags } from './tags.ts';
import { wordAt } from './words.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Levels that a value may be nested in: more than an entry has. */
const deepest = 64;

/** Returns the value that `packValue` has packed. Throws a RangeError or a TypeError when the bytes are damaged. */
export function unpackValue(bytes: Bytes, certificates: readonly string[]): JsonValue {
  const unpacking = new Unpacking(bytes, certificates);
  const value = unpacking.value(deepest);
  if (!unpacking.isAtEnd) throw new RangeError('The entry continues after its end.');
  return value;
}

class Unpacking {
  readonly #reader: ByteReader;
  readonly #certificates: readonly string[];
  readonly #seen: string[] = [];

  constructor(bytes: Bytes, certificates: readonly string[]) {
    this.#reader = new ByteReader(bytes);
    this.#certificates = certificates;
  }

  get isAtEnd(): boolean {
    return this.#reader.isAtEnd;
  }

  value(levels: number): JsonValue {
    if (levels === 0) throw new RangeError('The entry is nested too deep.');
    const tag = this.#reader.byte();
    switch (tag) {
      case tags.null:
        return null;
      case tags.false:
        return false;
      case tags.true:
        return true;
      case tags.natural:
        return this.#reader.natural();
      case tags.number: {
        const bytes = this.#reader.bytes(8);
        return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0);
      }
      case tags.object: {
        const members: [string, JsonValue][] = [];
        for (let left = this.#reader.natural(); left > 0; left--) {
          members.push([this.#text(this.#reader.byte()), this.value(levels - 1)]);
        }
        return Object.fromEntries(members);
      }
      case tags.array: {
        const values: JsonValue[] = [];
        for (let left = this.#reader.natural(); left > 0; left--) values.push(this.value(levels - 1));
        return values;
      }
      default:
        return this.#text(tag);
    }
  }

  #text(tag: number): string {
    if (tag >= tags.firstWord) return wordAt(tag - tags.firstWord);
    switch (tag) {
      case tags.same:
        return textAt(this.#seen, this.#reader.natural());
      case tags.certificate:
        return textAt(this.#certificates, this.#reader.natural());
      default: {
        const text = textOf(tag, this.#reader.bytes(this.#reader.natural()));
        if (text.length >= shortestSame) this.#seen.push(text);
        return text;
      }
    }
  }
}

function textAt(texts: readonly string[], place: number): string {
  const text = texts[place];
  if (text === undefined) throw new RangeError('The entry refers to what is not there.');
  return text;
}

function textOf(tag: number, bytes: Bytes): string {
  switch (tag) {
    case tags.text:
      return decoder.decode(bytes);
    case tags.base64:
      return encodeBase64(bytes);
    case tags.hex:
      return toHex(bytes);
    default:
      throw new RangeError('There is no such kind of value.');
  }
}
