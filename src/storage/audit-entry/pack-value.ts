import type { Bytes } from '../../protocol/bytes.ts';
import { fromHex } from '../../protocol/bytes.ts';
import { encodeUtf8 } from '../../protocol/scratch-buffer.ts';
import { decodeBase64 } from '../../protocol/wire/base64.ts';
import type { JsonObject, JsonValue } from '../../protocol/wire/json.ts';
import { isObject } from '../../protocol/wire/parse.ts';
import { ByteWriter } from './byte-writer.ts';
import { shortestSame, tags } from './tags.ts';
import { placeOfWord } from './words.ts';

const hex = /^(?:[0-9a-f]{2}){4,}$/;
const base64 = /^[A-Za-z0-9+/]{6,}={0,2}$/;

/** Packs a value. `certificates` are texts, each once, that are only referred to, by their place. */
export function packValue(value: JsonValue, certificates: readonly string[]): Bytes {
  const packing = new Packing(certificates);
  packing.value(value);
  return packing.writer.written;
}

class Packing {
  readonly writer = new ByteWriter();
  readonly #certificates: ReadonlyMap<string, number>;
  readonly #seen = new Map<string, number>();

  constructor(certificates: readonly string[]) {
    this.#certificates = new Map(certificates.map((text, place) => [text, place]));
  }

  value(value: JsonValue): void {
    if (value === null) this.writer.byte(tags.null);
    else if (typeof value === 'boolean') this.writer.byte(value ? tags.true : tags.false);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#text(value);
    else if (isObject(value)) this.#object(value);
    else this.#array(value);
  }

  #object(value: JsonObject): void {
    const members = Object.entries(value);
    this.writer.byte(tags.object);
    this.writer.natural(members.length);
    for (const [name, inner] of members) {
      this.#text(name);
      this.value(inner);
    }
  }

  #array(values: readonly JsonValue[]): void {
    this.writer.byte(tags.array);
    this.writer.natural(values.length);
    for (const inner of values) this.value(inner);
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && value >= 0) {
      this.writer.byte(tags.natural);
      this.writer.natural(value);
      return;
    }
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value);
    this.writer.byte(tags.number);
    this.writer.bytes(bytes);
  }

  #text(text: string): void {
    const certificate = this.#certificates.get(text);
    const word = placeOfWord(text);
    const same = this.#seen.get(text);
    if (certificate !== undefined) {
      this.writer.byte(tags.certificate);
      this.writer.natural(certificate);
    } else if (word !== undefined) {
      this.writer.byte(tags.firstWord + word);
    } else if (same !== undefined) {
      this.writer.byte(tags.same);
      this.writer.natural(same);
    } else {
      const [tag, bytes] = shortestFormOf(text);
      this.writer.byte(tag);
      this.writer.natural(bytes.length);
      this.writer.bytes(bytes);
      if (text.length >= shortestSame) this.#seen.set(text, this.#seen.size);
    }
  }
}

function shortestFormOf(text: string): readonly [number, Bytes] {
  if (hex.test(text)) return [tags.hex, fromHex(text)];
  const bytes = base64.test(text) ? canonicalBase64(text) : undefined;
  return bytes === undefined ? [tags.text, encodeUtf8(text)] : [tags.base64, bytes];
}

function canonicalBase64(text: string): Bytes | undefined {
  try {
    return decodeBase64(text);
  } catch {
    // A text that only looks like base64.
    return undefined;
  }
}
