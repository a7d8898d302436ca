import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bytes } from '../../bytes.ts';
import { decodeBase64 } from '../../wire/base64.ts';
import { type JsonObject, type JsonValue, parseJson } from '../../wire/json.ts';

type Path = readonly (string | number)[];

/** The known answers, and which of them have been looked at. */
export class KnownAnswers {
  readonly #json: JsonValue;
  readonly #seen = new Set<string>();

  constructor() {
    const file = readFileSync(join(import.meta.dirname, '../known-answers.json'));
    this.#json = parseJson(new Uint8Array(file), 1_000_000);
  }

  #at(path: Path): JsonValue {
    let value = this.#json;
    for (const step of path) {
      if (typeof value !== 'object' || value === null) throw new RangeError(`there is no ${path.join('.')}`);
      const next = Object.entries(value).find(([name]) => name === String(step))?.[1];
      if (next === undefined) throw new RangeError(`there is no ${path.join('.')}`);
      value = next;
    }
    for (const leaf of leaves(value, path.join('.'))) this.#seen.add(leaf);
    return value;
  }

  text(...path: Path): string {
    const value = this.#at(path);
    if (typeof value !== 'string') throw new TypeError(`${path.join('.')} is no text`);
    return value;
  }

  number(...path: Path): number {
    const value = this.#at(path);
    if (typeof value !== 'number') throw new TypeError(`${path.join('.')} is no number`);
    return value;
  }

  bytes(...path: Path): Bytes {
    return decodeBase64(this.text(...path));
  }

  /** An object with everything in it. */
  object(...path: Path): JsonObject {
    const value = this.#at(path);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new TypeError(`${path.join('.')} is no object`);
    }
    return Object.fromEntries(Object.entries(value));
  }

  /** The values nobody has looked at. */
  unseen(): readonly string[] {
    return leaves(this.#json, '').filter((leaf) => !this.#seen.has(leaf));
  }
}

function leaves(value: JsonValue, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, path === '' ? name : `${path}.${name}`));
}
