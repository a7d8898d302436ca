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

/**
 * Returns what a message says beside its attachment: without the member `file`, which holds the name and the media type that are shown
 * with it; undefined when it says nothing else. What has no attachment is returned as it is.
 */
export function saidBesideFile(value: Json, attachment: object | undefined): Json | undefined {
  if (attachment === undefined || typeof value !== 'object' || value === null || isArray(value)) return value;
  if (!isFilePart(value.file)) return value;
  const others = Object.entries(value).filter(([name]) => name !== 'file');
  return others.length === 0 ? undefined : Object.fromEntries(others);
}

/** True for a name and a media type, or one of them, and nothing else. */
function isFilePart(value: Json | undefined): boolean {
  if (typeof value !== 'object' || value === null || isArray(value)) return false;
  const members = Object.entries(value);
  return members.every(([name, said]) => (name === 'name' || name === 'media_type') && typeof said === 'string');
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
