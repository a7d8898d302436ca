import type { SessionId } from '../bytes.ts';
import { ParleyError } from '../errors.ts';
import { isSessionId } from '../ids.ts';
import type { JsonShape } from './scan.ts';

/** Bytes outside strings and numbers that one name or value has at most: `false`, and what stands before and behind it. */
const bareBytesPerToken = 8;
/** Characters of a name or value of the outermost object that are looked at: `session_id` and its value have fewer. */
const mostCaught = 40;

/**
 * Looks at JSON while its bytes arrive, so that what its beginning rules out is refused before the rest is read (protocol page,
 * section 1). It refuses nothing that `parseObject` takes, and not all that it refuses: names, strings and numbers are looked at
 * once the body is whole, and so is what begins neither as an object nor as a list.
 */
export class PrefixScan {
  readonly #depth: number;
  readonly #tokens: number;
  readonly #bareBytes: number;
  #open = 0;
  #seen = 0;
  #bare = 0;
  /** Of the outermost object: the last name, what there is of the string that is passed, and whether it is a value. */
  #name = '';
  #caught = '';
  #isValue = false;
  /** The outermost object's `session_id`, once it has come, if it is written without escapes. */
  sessionId: SessionId | undefined;
  #state: 'before' | 'between' | 'number' | 'string' | 'escape' | 'after' | 'no JSON' = 'before';

  /** A shape whose limits leave a member out is looked at for depth alone. */
  constructor({ depth, tokens = Number.POSITIVE_INFINITY, free }: JsonShape) {
    this.#depth = Math.max(depth, free?.depth ?? 0);
    this.#tokens = free === undefined ? tokens : Number.POSITIVE_INFINITY;
    this.#bareBytes = bareBytesPerToken * this.#tokens;
  }

  /** Takes the next bytes. Throws `malformed_message` as soon as no further bytes can make JSON of the shape of them. */
  add(bytes: Uint8Array): void {
    let i = 0;
    while (i < bytes.length && this.#state !== 'no JSON') {
      if (this.#state === 'string') i = this.#throughString(bytes, i);
      else if (this.#state === 'escape') {
        this.#state = 'string';
        i++;
      } else this.#bareByte(bytes[i++] ?? 0);
    }
  }

  /** Returns the index behind the string's end, or behind what there is of it. */
  #throughString(bytes: Uint8Array, from: number): number {
    const found = bytes.indexOf(quote, from);
    const end = found === -1 ? bytes.length : found;
    let slashes = 0;
    while (end - 1 - slashes >= from && bytes[end - 1 - slashes] === backslash) slashes++;
    const isEscaped = slashes % 2 === 1;
    if (this.#open === 1) this.#catch(bytes.subarray(from, end));
    if (found === -1) {
      if (isEscaped) this.#state = 'escape';
      return end;
    }
    if (!isEscaped) {
      this.#state = 'between';
      if (this.#open === 1) this.#endString();
    }
    return found + 1;
  }

  #catch(bytes: Uint8Array): void {
    if (this.#caught.length < mostCaught) this.#caught += String.fromCharCode(...bytes.subarray(0, mostCaught));
  }

  #endString(): void {
    if (!this.#isValue) this.#name = this.#caught;
    else if (this.#name === 'session_id' && isSessionId(this.#caught)) this.sessionId = this.#caught;
  }

  #bareByte(c: number): void {
    if (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) {
      if (this.#state === 'number') this.#state = 'between';
      return;
    }
    if (this.#state === 'before' && c !== openBrace && c !== openBracket) {
      this.#state = 'no JSON';
      return;
    }
    if (this.#state === 'after') refuse('something follows its end');
    if (this.#state === 'number' && isOfNumber(c)) return;
    this.#state = 'between';
    this.#bare += 1;
    if (this.#bare > this.#bareBytes) refuse(`more than ${this.#tokens} names and values`);
    if (c === quote) {
      this.#token();
      this.#state = 'string';
      this.#caught = '';
    } else if (c === colon || c === comma) {
      if (this.#open === 1) this.#isValue = c === colon;
    } else if (c === openBrace || c === openBracket) {
      this.#token();
      this.#open += 1;
      if (this.#open > this.#depth) refuse(`nested deeper than ${this.#depth} levels`);
    } else if (c === closeBrace || c === closeBracket) {
      this.#open -= 1;
      if (this.#open === 0) this.#state = 'after';
    } else if (c === minus || isDigit(c)) {
      this.#token();
      this.#state = 'number';
    }
  }

  #token(): void {
    this.#seen += 1;
    if (this.#seen > this.#tokens) refuse(`more than ${this.#tokens} names and values`);
  }
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const colon = 0x3a;
const comma = 0x2c;
const minus = 0x2d;

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

/** True for the characters of a number: digits, `-`, `+`, `.`, `e`, `E`. */
function isOfNumber(c: number): boolean {
  return isDigit(c) || c === minus || c === 0x2b || c === 0x2e || c === 0x65 || c === 0x45;
}

function refuse(what: string): never {
  throw new ParleyError('malformed_message', `The JSON is refused: ${what}.`);
}
