import { fromHex, toHex } from '../../../protocol/bytes.ts';
import { canonicalText } from '../../../protocol/wire/canonical.ts';
import type { JsonObject, JsonValue } from '../../../protocol/wire/json.ts';
import { parseObject } from '../../../protocol/wire/parse.ts';
import { chainEntry } from '../entry/chain.ts';

const encoder = new TextEncoder();

/** An export that somebody can alter. */
export interface OpenExport {
  readonly top: JsonObject;
  readonly entries: readonly KeptJson[];
  readonly disclosures: readonly JsonObject[];
}

interface KeptJson {
  readonly hash: string;
  readonly entry: JsonObject;
}

/** Takes an export apart. */
export function openExport(text: string): OpenExport {
  const bytes = encoder.encode(text);
  const { entries, disclosures, ...top } = parseObject(bytes, bytes.length, { depth: 20 });
  return {
    top,
    entries: list(entries).map(({ hash, entry }) => ({ hash: String(hash), entry: object(entry) })),
    disclosures: list(disclosures),
  };
}

/** Puts an export together again. */
export function closeExport({ top, entries, disclosures }: OpenExport): string {
  return JSON.stringify({ ...top, entries, disclosures });
}

/** Puts an export together again as it is written, each entry on a line of its own. */
export function layOut({ top, entries, disclosures }: OpenExport): string {
  const list = (lines: readonly string[]) => (lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n]`);
  const members = [
    ...Object.entries(top).map(([name, value]) => [name, canonicalText(value)]),
    ['entries', list(entries.map(({ hash, entry }) => `{"hash":"${hash}","entry":${canonicalText(entry)}}`))],
    ['disclosures', list(disclosures.map((disclosure) => canonicalText(disclosure)))],
  ];
  return `{\n${members.map(([name, value]) => `"${name}":${value}`).join(',\n')}\n}\n`;
}

/** The export with the hashes made anew from entry `from` on, and the head with them: what anybody can do. */
export async function rehashed(file: OpenExport, from: number): Promise<OpenExport> {
  const before = file.entries[from - 1];
  let head = { length: from, hash: before === undefined ? new Uint8Array(32) : fromHex(before.hash) };
  const entries = file.entries.slice(0, from);
  for (const { entry } of file.entries.slice(from)) {
    const { text, hash } = await chainEntry(crypto.subtle, head, entry);
    const bytes = encoder.encode(text);
    head = { length: head.length + 1, hash };
    entries.push({ hash: toHex(hash), entry: parseObject(bytes, bytes.length, { depth: 20 }) });
  }
  return { ...file, entries, top: { ...file.top, head: { length: head.length, hash: toHex(head.hash) } } };
}

/** The paths of every string and number in a value. */
export function leavesOf(value: JsonValue, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, name]));
}

/** The value with one leaf changed into something else of its type. */
export function withLeafChanged(value: JsonValue, path: readonly string[], at: number): JsonValue {
  const [name, ...rest] = path;
  if (name === undefined) return changed(value, at);
  if (Array.isArray(value))
    return value.map((inner, i) => (String(i) === name ? withLeafChanged(inner, rest, at) : inner));
  if (typeof value !== 'object' || value === null) throw new TypeError('There is no such leaf.');
  const inner: JsonValue | undefined = Object.entries(value).find(([other]) => other === name)?.[1];
  return { ...value, [name]: withLeafChanged(inner ?? null, rest, at) };
}

function changed(value: JsonValue, at: number): JsonValue {
  if (typeof value === 'number') return value + 1;
  if (typeof value !== 'string') return 'another';
  if (value === '') return 'a';
  const position = at % value.length;
  const instead = value[position] === '1' ? '2' : '1';
  return value.slice(0, position) + instead + value.slice(position + 1);
}

function list(value: JsonValue | undefined): readonly JsonObject[] {
  if (!Array.isArray(value)) throw new TypeError('This is no list.');
  return value.map(object);
}

/** A value that is an object. */
export function object(value: JsonValue | undefined): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('This is no object.');
  return Object.fromEntries(Object.entries(value));
}

/** The export with some members of its checkpoint replaced. */
export function withCheckpoint(
  file: OpenExport,
  change: Readonly<Record<string, string | number | readonly string[]>>,
): OpenExport {
  const checkpoint = { ...object(file.top.checkpoint), ...change };
  return { ...file, top: { ...file.top, checkpoint } };
}
