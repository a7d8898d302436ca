import type { Json } from '../agent/contracts/views.ts';

/** Members that hold what a person reads, the first of them first. */
const textMembers = ['response', 'query', 'text'] as const;

/** A value that says something in words. */
export interface SaidText {
  readonly text: string;
  /** What it says besides, if anything. */
  readonly rest?: Json;
}

/** Returns what a value says in words: a string, or the text member of an object; undefined when it says nothing in words. */
export function saidText(value: Json | undefined): SaidText | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : { text: value };
  if (typeof value !== 'object' || value === null || isArray(value)) return undefined;
  const members = Object.entries(value);
  for (const name of textMembers) {
    const text = members.find(([each]) => each === name)?.[1];
    if (typeof text !== 'string' || text.trim() === '') continue;
    const others = members.filter(([each]) => each !== name);
    return { text, ...(others.length === 0 ? {} : { rest: Object.fromEntries(others) }) };
  }
  return undefined;
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
