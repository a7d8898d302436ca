/** What keeps a text that a person typed from being sent, and where it stands: from `start` up to and without `end`. */
export interface TypedFault {
  readonly start: number;
  readonly end: number;
  /** What is wrong and what to do, without a full stop. */
  readonly reason: string;
  /** True when it is no JSON at all; else it is JSON that would not arrive as it was typed. */
  readonly isSyntax: boolean;
}

/**
 * Returns the first place where a text is no JSON, or JSON that no peer would read as it was typed: a name twice in one object, a
 * number that a double cannot hold exactly, a lone surrogate, more than `deepest` levels; undefined when there is none.
 */
export function findJsonFault(text: string, deepest: number): TypedFault | undefined {
  try {
    new Reader(text, deepest).run();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Found) return thrown.fault;
    throw thrown;
  }
}

class Found {
  readonly fault: TypedFault;

  constructor(fault: TypedFault) {
    this.fault = fault;
  }
}

const space = /[ \t\n\r]*/y;
const word = /[\p{L}\p{N}_$]+/uy;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const numberLike = /[-+.\w]+/y;
const plainString = /[^"\\\p{Cc}\ud800-\udfff]*/uy;
const goodEscape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const surrogateEscape = /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}/y;
const loneEscape = /\\u[dD][89a-fA-F][0-9a-fA-F]{2}/y;

/** What people write who come from another language. */
const foreign: Readonly<Record<string, string>> = {
  True: 'write true',
  False: 'write false',
  None: 'write null',
  undefined: 'JSON has no undefined: write null or leave the member out',
  NaN: 'JSON has no NaN: write a number or null',
  Infinity: 'JSON has no Infinity: write a number or null',
};

class Reader {
  readonly #text: string;
  readonly #deepest: number;
  #at = 0;

  constructor(text: string, deepest: number) {
    this.#text = text;
    this.#deepest = deepest;
  }

  run(): void {
    this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#fail('something follows the end of the JSON: remove it', this.#text.length);
  }

  #value(level: number): void {
    this.#space();
    const c = this.#text[this.#at];
    if (c === '{' || c === '[') this.#nested(c, level + 1);
    else if (c === '"') this.#string();
    else if (c !== undefined && /[-\d]/.test(c)) this.#number();
    else if (!['true', 'false', 'null'].includes(this.#peek(word))) this.#misplaced('a value is missing');
    else this.#at += this.#peek(word).length;
  }

  #nested(open: '{' | '[', level: number): void {
    const close = open === '{' ? '}' : ']';
    if (level > this.#deepest) this.#fail(`this lies deeper than ${this.#deepest} levels`, this.#at + 1, false);
    const names = new Set<string>();
    this.#at += 1;
    this.#space();
    if (this.#take(close)) return;
    for (;;) {
      if (open === '{') this.#name(names);
      this.#value(level);
      this.#space();
      if (this.#take(close)) return;
      const comma = this.#at;
      if (!this.#take(',')) this.#misplaced(`a comma or ${close} is missing`);
      this.#space();
      if (this.#text[this.#at] !== close) continue;
      this.#at = comma;
      this.#fail(`remove the comma before ${close}`, comma + 1);
    }
  }

  #name(names: Set<string>): void {
    this.#space();
    const start = this.#at;
    if (this.#text[start] !== '"') this.#misplaced('a name in double quotes is missing');
    const name = this.#string();
    const end = this.#at;
    if (names.has(name)) {
      this.#at = start;
      this.#fail('an object has the same name twice: remove or rename one', end, false);
    }
    names.add(name);
    this.#space();
    if (!this.#take(':')) this.#misplaced('a colon is missing after the name');
  }

  /** Passes a string. Returns what it says. */
  #string(): string {
    const start = this.#at;
    this.#at += 1;
    for (;;) {
      this.#at += this.#peek(plainString).length;
      const c = this.#text[this.#at];
      if (c === '"') break;
      if (c === undefined) {
        this.#at = start;
        this.#fail('a double quote is missing at the end of this string', this.#text.length);
      } else if (c === '\\') this.#escape();
      else if (/[\ud800-\udfff]/.test(c)) this.#fail(halfCharacter, this.#at + 1, false);
      else if (c < ' ') this.#fail(controls[c] ?? 'write this control character as \\u and four digits', this.#at + 1);
      else this.#at += 1;
    }
    this.#at += 1;
    return String(JSON.parse(this.#text.slice(start, this.#at)));
  }

  #escape(): void {
    const pair = this.#peek(surrogateEscape);
    const lone = pair === '' ? this.#peek(loneEscape) : '';
    if (lone !== '') this.#fail(halfCharacter, this.#at + lone.length, false);
    const found = pair === '' ? this.#peek(goodEscape) : pair;
    if (found === '') this.#fail('write a backslash as \\\\', this.#at + 2);
    this.#at += found.length;
  }

  #number(): void {
    const literal = this.#peek(number);
    const whole = this.#peek(numberLike);
    const end = this.#at + Math.max(1, whole.length);
    if (literal === '' || literal !== whole) this.#fail('write a number like 12, -0.5 or 1e3', end);
    const value = Number(literal);
    if (!Number.isFinite(value)) this.#fail('a number is not finite: write it as a string, in quotes', end, false);
    if (isInexactInteger(literal, value)) {
      this.#fail('an integer is too large to be exact: write it as a string, in quotes', end, false);
    }
    if (digitsOf(literal) !== digitsOf(String(value))) {
      this.#fail(`a number cannot be exact: it would arrive as ${value}; write it as a string, in quotes`, end, false);
    }
    this.#at += literal.length;
  }

  /** Fails at something that cannot stand here, or at the end of a text that is too short. */
  #misplaced(missing: string): never {
    const c = this.#text[this.#at];
    if (c === undefined) this.#fail(`the text ends too early: ${missing}`, this.#at);
    const found = this.#peek(word);
    if (Object.hasOwn(foreign, found)) this.#fail(foreign[found] ?? missing, this.#at + found.length);
    if (found !== '') this.#fail(`put ${found.slice(0, 40)} in double quotes, or remove it`, this.#at + found.length);
    if (/['‘’“”„«»`]/u.test(c)) this.#fail('write straight double quotes: "', this.#at + 1);
    this.#fail(missing, this.#at + c.length);
  }

  #space(): void {
    this.#at += this.#peek(space).length;
  }

  #take(c: string): boolean {
    if (this.#text[this.#at] !== c) return false;
    this.#at += 1;
    return true;
  }

  #peek(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0] ?? '';
  }

  #fail(reason: string, end: number, isSyntax = true): never {
    throw new Found({ start: this.#at, end, reason, isSyntax });
  }
}

const halfCharacter = 'here is half of a character (a lone surrogate): type it again';
const controls: Readonly<Record<string, string>> = {
  '\n': 'write a line break in a string as \\n',
  '\r': 'write a line break in a string as \\r',
  '\t': 'write a tab in a string as \\t',
};

/** True for an integer beyond 2^53-1, unless its exponent says that it is meant as a float (protocol page, section 1). */
function isInexactInteger(literal: string, value: number): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value) && !(/e/i.test(literal) && Math.abs(value) >= 1e21);
}

/** Returns the significant digits of a number and their power of ten: equal for equal decimals. */
function digitsOf(literal: string): string {
  const [mantissa = '', exponent = '0'] = literal.replace(/^-/, '').toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return significant === '' ? '0' : `${significant}e${power}`;
}
