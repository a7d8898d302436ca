import type { Bytes } from '../../bytes.ts';
import { type ErrorCode, ParleyError } from '../../errors.ts';
import { decodeBase64, encodeBase64 } from '../../wire/base64.ts';
import type { JsonObject, JsonValue } from '../../wire/json.ts';
import { parseJson } from '../../wire/json.ts';

const encoder = new TextEncoder();

/** Where a member stands in a message. */
export type Path = readonly [string] | readonly [string, string];

/** The message in a body. */
export function readBody(body: Bytes): JsonObject {
  const json = parseJson(body, body.length);
  if (!isObject(json)) throw new TypeError('a message is an object');
  return json;
}

/** The body of a message, its members in the order they have. */
export function writeBody(message: JsonValue): Bytes {
  return encoder.encode(JSON.stringify(message));
}

/** Every member of a message, nested ones too. */
export function membersOf(message: JsonObject): readonly Path[] {
  return Object.entries(message).flatMap(([name, value]): Path[] => [
    [name],
    ...(isObject(value) ? Object.keys(value).map((inner): Path => [name, inner]) : []),
  ]);
}

/** True for `extensions` and what is in it: they may be missing or hold anything, and are signed all the same. */
export function isOfExtensions([name]: Path): boolean {
  return name === 'extensions';
}

export function memberAt(message: JsonObject, [name, inner]: Path): JsonValue {
  const outer = message[name];
  const value = inner === undefined ? outer : isObject(outer) ? outer[inner] : undefined;
  if (value === undefined) throw new TypeError('no such member');
  return value;
}

export function replaced(message: JsonObject, [name, inner]: Path, value: JsonValue): JsonObject {
  if (inner === undefined) return { ...message, [name]: value };
  const outer = message[name];
  return { ...message, [name]: isObject(outer) ? { ...outer, [inner]: value } : value };
}

export function dropped(message: JsonObject, [name, inner]: Path): JsonObject {
  const outer = message[name];
  if (inner !== undefined && isObject(outer)) return { ...message, [name]: dropped(outer, [inner]) };
  return Object.fromEntries(Object.entries(message).filter(([other]) => other !== name));
}

/** The body with one member written twice. */
export function duplicated(message: JsonObject, path: Path): Bytes {
  const [name, inner] = path;
  const member = `${JSON.stringify(inner ?? name)}:${JSON.stringify(memberAt(message, path))},`;
  const text = JSON.stringify(message);
  const parent = inner === undefined ? '{' : `${JSON.stringify(name)}:{`;
  return encoder.encode(text.replace(parent, () => parent + member));
}

/** base64 of the same bytes with one of them changed; `position` is taken modulo their number. */
export function withByteChanged(text: JsonValue, position: number, difference: number): string {
  if (typeof text !== 'string') throw new TypeError('not base64');
  const bytes = decodeBase64(text);
  const at = position % bytes.length;
  bytes[at] = (bytes[at] ?? 0) ^ difference;
  return encodeBase64(bytes);
}

/** The code that `attempt` is refused with; `accepted` when it is not. */
export async function refusal(attempt: () => unknown): Promise<ErrorCode | 'accepted'> {
  try {
    await attempt();
    return 'accepted';
  } catch (error) {
    if (error instanceof ParleyError) return error.code;
    throw error;
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
