import { ParleyError } from '../errors.ts';

/** How large the JSON of one kind of body may be, besides its bytes. */
export interface JsonShape {
  /** Levels of nested objects and arrays. */
  readonly depth: number;
  /** Members of all objects together. */
  readonly members?: number;
  /** Names and values together. */
  readonly tokens?: number;
  /** True for what this product has written itself: it may hold numbers and strings that the wire does not allow. */
  readonly anyLeaf?: true;
  /** A member of the outermost object that these limits do not count, and the levels that it may be nested in all. */
  readonly free?: { readonly name: string; readonly depth: number };
}

/**
 * Walks over a text before a value is built from it. Throws `malformed_message` at the first depth, token or member past `shape`, at a
 * duplicate name, a lone surrogate, and a number that is not finite or no exact integer (protocol page, section 1). What is no JSON
 * passes: up to its first fault a text reads the same here and in `JSON.parse`, which refuses it there.
 */
export function scanJson(text: string, shape: JsonShape): void {
  new Scan(text, shape).run();
}

/** The names of an object so far; most objects have one or none. */
type Names = string | Set<string> | undefined;

class Scan {
  readonly #text: string;
  readonly #shape: JsonShape;
  /** For each open object its names; `false` for an array. */
  readonly #open: (Names | false)[] = [];
  #tokens = 0;
  #members = 0;
  /** True within the member that the limits leave out. */
  #isFree = false;
  /** Where the next \u escape stands: only such an escape can make a lone surrogate. Looked up again once it is passed. */
  #escape: number;

  constructor(text: string, shape: JsonShape) {
    this.#text = text;
    this.#shape = shape;
    this.#escape = nextEscape(text, 0);
  }

  run(): void {
    const text = this.#text;
    let i = 0;
    while (i < text.length) {
      const c = text.charCodeAt(i);
      if (c === quote) {
        i = this.#string(i);
      } else if (c === openBrace || c === openBracket) {
        this.#begin(c === openBrace);
        i++;
      } else if (c === closeBrace || c === closeBracket) {
        this.#open.pop();
        i++;
      } else if (c === minus || isDigit(c)) {
        i = this.#number(i);
      } else {
        if (c === letterT || c === letterF || c === letterN) this.#token();
        i++;
      }
    }
  }

  #begin(isObject: boolean): void {
    this.#token();
    this.#open.push(isObject ? undefined : false);
    const { depth, free } = this.#shape;
    const most = this.#isFree && free !== undefined ? free.depth : depth;
    if (this.#open.length > most) refuse(`nested deeper than ${most} levels`);
  }

  #string(start: number): number {
    const text = this.#text;
    const end = endOfString(text, start);
    const names = this.#open.at(-1);
    const isName = this.#open.length > 0 && names !== false && text.charCodeAt(afterSpace(text, end)) === colon;
    if (isName) this.#name(names, nameOf(text.slice(start, end)));
    else if (this.#escape < end && this.#shape.anyLeaf === undefined) requireWellFormed(text.slice(start, end));
    this.#token();
    if (this.#escape < end) this.#escape = nextEscape(text, end);
    return end;
  }

  #name(names: Names, name: unknown): void {
    if (typeof name !== 'string' || !name.isWellFormed()) refuse('a name holds a lone surrogate');
    if (names === name || (typeof names === 'object' && names.has(name))) refuse('an object has the same name twice');
    if (names === undefined) this.#open[this.#open.length - 1] = name;
    else if (typeof names === 'string') this.#open[this.#open.length - 1] = new Set([names, name]);
    else names.add(name);
    const { free, members } = this.#shape;
    if (this.#open.length === 1) this.#isFree = free?.name === name;
    if (this.#isFree || members === undefined) return;
    this.#members += 1;
    if (this.#members > members) refuse(`more than ${members} members`);
  }

  #number(start: number): number {
    this.#token();
    const text = this.#text;
    let end = start + 1;
    while (isDigit(text.charCodeAt(end))) end++;
    // So few digits are exact whatever they are; most numbers are such, and a list of millions costs no more than its length.
    if (end - start <= exactDigits && !continuesNumber(text.charCodeAt(end))) return end;
    number.lastIndex = start;
    const literal = number.exec(text)?.[0] ?? '';
    if (this.#shape.anyLeaf === undefined) requireSafe(literal);
    return start + literal.length;
  }

  #token(): void {
    const { tokens } = this.#shape;
    if (tokens === undefined || this.#isFree) return;
    this.#tokens += 1;
    if (this.#tokens > tokens) refuse(`more than ${tokens} names and values`);
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
const letterT = 0x74;
const letterF = 0x66;
const letterN = 0x6e;
const number = /[-+.\deE]+/y;
/** Digits, or a sign and digits, below 2^53. */
const exactDigits = 15;
const exponent = /[eE]/;

function isDigit(c: number): boolean {
  return c >= zero && c <= nine;
}

/** True for what may follow the digits of a number and belong to it. */
function continuesNumber(c: number): boolean {
  return c === 0x2e || c === 0x65 || c === 0x45 || c === 0x2b || c === minus;
}

function nextEscape(text: string, from: number): number {
  const at = text.indexOf('\\u', from);
  return at === -1 ? text.length : at;
}

/**
 * Returns the index after the closing quote, or the end of a text that has none; `indexOf` keeps long strings cheap.
 */
function endOfString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end === -1) return text.length;
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

/** Returns the name that a literal stands for; hardly any has an escape in it. */
function nameOf(literal: string): unknown {
  return literal.includes('\\') ? stringOf(literal) : literal.slice(1, -1);
}

function requireWellFormed(literal: string): void {
  const value = stringOf(literal);
  if (typeof value !== 'string' || !value.isWellFormed()) refuse('a string holds a lone surrogate');
}

function stringOf(literal: string): unknown {
  try {
    return JSON.parse(literal);
  } catch (cause) {
    throw new ParleyError('malformed_message', 'The JSON is refused: a string is not well formed.', { cause });
  }
}

/**
 * Refuses an integer beyond 2^53-1 unless its exponent says that it is meant as a float (1e+21 is what RFC 8785
 * writes).
 */
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
