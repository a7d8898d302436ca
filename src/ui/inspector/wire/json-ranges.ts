import { type JSONVisitor, visit } from 'jsonc-parser';

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

/** Levels of objects and arrays that are looked into: more than any message of the protocol has. */
const deepest = 64;

/** Returns every leaf of a JSON object, in the order of the text. Nothing for a text that is no JSON object; it never throws. */
export function jsonLeaves(text: string): readonly JsonLeaf[] {
  const leaves: JsonLeaf[] = [];
  try {
    visit(text, leafVisitor(leaves), { disallowComments: true });
    return leaves;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [];
  }
}

/** Returns a visitor that adds each leaf to `leaves`. Its calls throw a SyntaxError where the text is no JSON object. */
function leafVisitor(leaves: JsonLeaf[]): JSONVisitor {
  let depth = 0;
  let lists = 0;
  /** Where the member under way begins, and the list that is its value. */
  let from = 0;
  let list = { path: '', from: 0 };
  const enter = () => {
    depth += 1;
    if (depth > deepest) throw new SyntaxError('too deep');
  };
  const add = (path: string, value: Range) => leaves.push({ path, whole: { from, to: value.to }, value });
  return {
    onObjectBegin: enter,
    onObjectEnd: () => {
      depth -= 1;
    },
    onObjectProperty: (_name, offset) => {
      if (lists === 0) from = offset;
    },
    onArrayBegin: (offset, _length, _line, _character, path) => {
      enter();
      if (depth === 1) throw new SyntaxError('no object');
      if (lists === 0) list = { path: path().join('.'), from: offset };
      lists += 1;
    },
    onArrayEnd: (offset, length) => {
      depth -= 1;
      lists -= 1;
      if (lists === 0) add(list.path, { from: list.from, to: offset + length });
    },
    onLiteralValue: (_value, offset, length, _line, _character, path) => {
      if (depth === 0) throw new SyntaxError('no object');
      if (lists === 0) add(path().join('.'), { from: offset, to: offset + length });
    },
    onError: (code) => {
      throw new SyntaxError(`not JSON (${code})`);
    },
  };
}

/** A stretch of a text or of bytes: one member, or what stands between two. */
export interface Run extends Range {
  readonly path?: string;
}

/** Returns `length` characters or bytes in runs that follow each other without a gap: concatenated they are the whole. */
export function runsOf(length: number, leaves: readonly Pick<JsonLeaf, 'path' | 'whole'>[]): readonly Run[] {
  const runs: Run[] = [];
  let at = 0;
  for (const { path, whole } of leaves) {
    if (whole.from > at) runs.push({ from: at, to: whole.from });
    runs.push({ ...whole, path });
    at = whole.to;
  }
  if (at < length) runs.push({ from: at, to: length });
  return runs;
}
