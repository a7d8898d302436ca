/** From and to in a text, the end not included. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** A member that holds no other: its path, names joined by `.`, and where it stands. */
export interface JsonLeaf {
  readonly path: string;
  /** The name with its quotes, the colon and the value. */
  readonly whole: Range;
  readonly value: Range;
}

/** Deeper than any message of the protocol. */
const deepest = 16;

/** Every leaf of a JSON object, in the order of the text. Nothing for a text that is no JSON object; it never throws. */
export function jsonLeaves(text: string): readonly JsonLeaf[] {
  try {
    const scanner = new Scanner(text);
    return scanner.scan();
  } catch {
    return [];
  }
}

class Scanner {
  readonly #text: string;
  readonly #leaves: JsonLeaf[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): readonly JsonLeaf[] {
    this.#space();
    this.#object('', 0);
    this.#space();
    if (this.#at !== this.#text.length) throw new SyntaxError('more text');
    return this.#leaves;
  }

  #object(prefix: string, depth: number): void {
    if (depth > deepest) throw new SyntaxError('too deep');
    this.#take('{');
    this.#space();
    if (this.#text[this.#at] === '}') {
      this.#at += 1;
      return;
    }
    for (;;) {
      this.#space();
      const from = this.#at;
      const name: unknown = JSON.parse(this.#string());
      this.#space();
      this.#take(':');
      this.#space();
      const path = `${prefix}${String(name)}`;
      if (this.#text[this.#at] === '{') this.#object(`${path}.`, depth + 1);
      else {
        const value = { from: this.#at, to: this.#skipValue() };
        this.#leaves.push({ path, whole: { from, to: value.to }, value });
      }
      this.#space();
      if (this.#text[this.#at] !== ',') break;
      this.#at += 1;
    }
    this.#take('}');
  }

  /** Steps over a value that is no object; gives where it ends. */
  #skipValue(): number {
    const start = this.#text[this.#at];
    if (start === '"') this.#string();
    else if (start === '[') this.#list();
    else {
      const end = /[,}\]\s]/.exec(this.#text.slice(this.#at));
      if (end === null || end.index === 0) throw new SyntaxError('no value');
      this.#at += end.index;
    }
    return this.#at;
  }

  #list(): void {
    let depth = 0;
    do {
      const c = this.#text[this.#at];
      if (c === undefined) throw new SyntaxError('a list without an end');
      if (c === '"') {
        this.#string();
        continue;
      }
      if (c === '[' || c === '{') depth += 1;
      if (c === ']' || c === '}') depth -= 1;
      this.#at += 1;
    } while (depth > 0);
  }

  #string(): string {
    const from = this.#at;
    this.#take('"');
    for (;;) {
      const c = this.#text[this.#at];
      if (c === undefined) throw new SyntaxError('a string without an end');
      this.#at += c === '\\' ? 2 : 1;
      if (c === '"') return this.#text.slice(from, this.#at);
    }
  }

  #take(c: string): void {
    if (this.#text[this.#at] !== c) throw new SyntaxError(`no ${c}`);
    this.#at += 1;
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }
}

/** A stretch of a text: one member, or what stands between two. */
export interface Run extends Range {
  readonly path?: string;
}

/** A text in runs that follow each other without a gap: concatenated they are the text. */
export function runsOf(text: string, leaves: readonly JsonLeaf[]): readonly Run[] {
  const runs: Run[] = [];
  let at = 0;
  for (const { path, whole } of leaves) {
    if (whole.from > at) runs.push({ from: at, to: whole.from });
    runs.push({ ...whole, path });
    at = whole.to;
  }
  if (at < text.length) runs.push({ from: at, to: text.length });
  return runs;
}
