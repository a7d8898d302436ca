import canonicalize from 'canonicalize';
import type { Bytes } from '../bytes.ts';
import { ParleyError } from '../errors.ts';
import { encodeUtf8 } from '../scratch-buffer.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { quickCanonicalText } from './quick-canonical.ts';

/** Returns `JCS(x)`: RFC 8785 canonical JSON as UTF-8 bytes. Throws `malformed_message` for what JSON cannot say. */
export function canonicalBytes(value: JsonValue): Bytes {
  return encodeUtf8(canonicalText(value));
}

/** Returns `JCS(x)` before it is UTF-8. Throws `malformed_message` for what JSON cannot say. */
export function canonicalText(value: JsonValue): string {
  let text = quickCanonicalText(value);
  if (text !== undefined) return text;
  try {
    text = canonicalize(value);
  } catch (cause) {
    throw new ParleyError('malformed_message', 'The value cannot be written as canonical JSON.', { cause });
  }
  if (text === undefined) throw new ParleyError('malformed_message', 'The value cannot be written as canonical JSON.');
  return text;
}

/** Returns a copy of `message` without the named members: what a signature, binder or confirmation covers. */
export function without(message: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(message).filter(([name]) => !names.includes(name)));
}
