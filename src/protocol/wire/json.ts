import { ParleyError } from '../errors.ts';
import { type JsonShape, scanJson } from './scan.ts';
import { shapes } from './shapes.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Returns the value of strict JSON (protocol page, section 1): UTF-8 without lone surrogates, no duplicate names, no number that is
 * not finite or is an integer a double cannot hold, at most 16 levels deep unless `shape` says otherwise. Throws `message_too_large`
 * before anything is read when `bytes` is longer than `limit`, else `malformed_message`, before a value is built for what the scan finds.
 */
export function parseJson(bytes: Uint8Array, limit: number, shape: JsonShape = shapes.any): JsonValue {
  return parseJsonText(jsonText(bytes, limit), shape);
}

/** Returns the text of a body in UTF-8. Throws `message_too_large` before anything is read when it is longer than `limit`, else `malformed_message`. */
export function jsonText(bytes: Uint8Array, limit: number): string {
  if (bytes.length > limit) {
    throw new ParleyError('message_too_large', `The body may have at most ${limit} bytes.`);
  }
  const text = decodeIfUtf8(bytes);
  if (text === undefined) throw notJson(undefined);
  return text;
}

/** Returns the value of a text as `parseJson` does; throws `malformed_message`, for what the scan finds before a value is built. */
export function parseJsonText(text: string, shape: JsonShape): JsonValue {
  scanJson(text, shape);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notJson(cause);
  }
}

/** Returns the text of bytes that are UTF-8; undefined for others. */
export function decodeIfUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function notJson(cause: unknown): ParleyError {
  return new ParleyError('malformed_message', 'The body is not JSON in UTF-8.', { cause });
}
