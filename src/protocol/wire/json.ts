import { ParleyError } from '../errors.ts';
import { limits } from './limits.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Strict JSON (protocol page, section 1): UTF-8 without lone surrogates, no duplicate names, no number that is not finite
 * or is an integer a double cannot hold, at most 16 levels deep unless `depth` says otherwise. Throws `message_too_large`
 * before anything is parsed when `bytes` is longer than `limit`, else `malformed_message`.
 */
export function parseJson(bytes: Uint8Array, limit: number, depth: number = limits.jsonDepth): JsonValue {
  if (bytes.length > limit) {
    throw new ParleyError('message_too_large', `The body may have at most ${limit} bytes.`);
  }
  let text: string;
  let value: JsonValue;
  try {
    text = decoder.decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw new ParleyError('malformed_message', 'The body is not JSON in UTF-8.', { cause });
  }
  scan(text, depth);
  return value;
}

/** What `JSON.parse` lets pass: it has proved the syntax, so this only walks over it. */
function scan(text: string, depth: number): void {
  const open: (Set<string> | undefined)[] = [];
  let i = 0;
  // Where the next \\u escape stands: only such an escape can make a lone surrogate. Looked up again once it is passed.
  let unicodeEscape = nextEscape(text, 0);
  while (i < text.length) {
    const c = text.charCodeAt(i);
    if (c === quote) {
      const end = endOfString(text, i);
      const names = open.at(-1);
      const isName = names !== undefined && text.charCodeAt(afterSpace(text, end)) === colon;
      if (isName) addName(names, nameOf(text.slice(i, end)));
      else if (unicodeEscape < end) requireWellFormed(text.slice(i, end));
      i = end;
      if (unicodeEscape < i) unicodeEscape = nextEscape(text, i);
    } else if (c === openBrace || c === openBracket) {
      open.push(c === openBrace ? new Set() : undefined);
      if (open.length > depth) refuse(`nested deeper than ${depth} levels`);
      i++;
    } else if (c === closeBrace || c === closeBracket) {
      open.pop();
      i++;
    } else if (c === minus || (c >= zero && c <= nine)) {
      number.lastIndex = i;
      const literal = number.exec(text)?.[0] ?? '';
      requireSafe(literal);
      i += literal.length;
    } else i++;
  }
}

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;
const number = /[-+.\deE]+/y;
const exponent = /[eE]/;

function nextEscape(text: string, from: number): number {
  const at = text.indexOf('\\u', from);
  return at === -1 ? text.length : at;
}

/** The index after the closing quote; `indexOf` keeps long strings cheap. */
function endOfString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes++;
    if (slashes % 2 === 0) return end + 1;
  }
}

function afterSpace(text: string, from: number): number {
  let i = from;
  while (text.charCodeAt(i) <= 0x20) i++;
  return i;
}

/** The name that a literal stands for; hardly any has an escape in it. */
function nameOf(literal: string): unknown {
  return literal.includes('\\') ? JSON.parse(literal) : literal.slice(1, -1);
}

function addName(names: Set<string>, name: unknown): void {
  if (typeof name !== 'string' || !name.isWellFormed()) refuse('a name holds a lone surrogate');
  if (names.has(name)) refuse('an object has the same name twice');
  names.add(name);
}

function requireWellFormed(literal: string): void {
  const value: unknown = JSON.parse(literal);
  if (typeof value !== 'string' || !value.isWellFormed()) refuse('a string holds a lone surrogate');
}

/** An integer beyond 2^53-1 is refused unless its exponent says that it is meant as a float (1e+21 is what RFC 8785 writes). */
function requireSafe(literal: string): void {
  const value = Number(literal);
  if (!Number.isFinite(value)) refuse('a number is not finite');
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && !(exponent.test(literal) && Math.abs(value) >= 1e21)) {
    refuse('an integer is too large to be exact');
  }
}

function refuse(what: string): never {
  throw new ParleyError('malformed_message', `The JSON is refused: ${what}.`);
}
