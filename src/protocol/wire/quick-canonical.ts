import type { JsonObject, JsonValue } from './json.ts';

/** Up to so many characters this is faster than a call into the platform: printable ASCII without quotes and backslashes. */
const shortText = 300;
const plain = /^[ !#-[\]-~]*$/;
/** Characters from which on a string is searched for what JSON escapes instead of being written character by character. */
const longText = 1_024;
const escaped: readonly string[] = ['"', '\\', ...Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code))];
const deepest = 16;

/**
 * Returns the RFC 8785 text of plain JSON: null, booleans, finite numbers, well-formed strings, and arrays and objects of these, up to 16
 * levels. Undefined for anything else, which is for the library to judge.
 */
export function quickCanonicalText(value: JsonValue | undefined, depth = 0): string | undefined {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : undefined;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value === null) return 'null';
  if (typeof value !== 'object' || depth === deepest) return undefined;
  return isList(value) ? list(value, depth + 1) : record(value, depth + 1);
}

function isList(value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function list(values: readonly JsonValue[], depth: number): string | undefined {
  if ('toJSON' in values) return undefined;
  let text = '[';
  for (let at = 0; at < values.length; at++) {
    const one = quickCanonicalText(values[at], depth);
    if (one === undefined) return undefined;
    text += at === 0 ? one : `,${one}`;
  }
  return `${text}]`;
}

function record(value: JsonObject, depth: number): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if ((prototype !== Object.prototype && prototype !== null) || 'toJSON' in value) return undefined;
  let text = '{';
  // Without a comparison `sort` goes by UTF-16 code units, as RFC 8785, section 3.2.3, wants.
  for (const name of Object.keys(value).sort()) {
    const key = quoted(name);
    const one = quickCanonicalText(value[name], depth);
    if (key === undefined || one === undefined) return undefined;
    text += text.length === 1 ? `${key}:${one}` : `,${key}:${one}`;
  }
  return `${text}}`;
}

function quoted(text: string): string | undefined {
  if (text.length < shortText && plain.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) return undefined;
  // To look for each of 34 characters in turn is several times faster than JSON.stringify where that has no quick way of its own.
  return text.length < longText || escaped.some((one) => text.includes(one)) ? JSON.stringify(text) : `"${text}"`;
}
