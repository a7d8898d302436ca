import type { Json } from '../../../agent/contracts/views.ts';
import { checkTextRequest } from '../../../console/text-request.ts';
import { checkTypedJson } from '../../../console/typed-json.ts';
import type { Problem } from './problem.ts';

/** JSON as a person typed it, or what is wrong with it. */
export type ReadJson = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: Problem };

/** Reads JSON that a person typed. */
export function readJson(text: string): ReadJson {
  if (text.trim() === '') {
    return { ok: false, problem: { detail: 'Write JSON here; for no parameters write {}.', start: 0, end: 0 } };
  }
  const read = checkTypedJson(text);
  if ('value' in read) return { ok: true, value: read.value };
  return { ok: false, problem: { detail: read.detail, start: read.fault.start, end: read.fault.end } };
}

/** Reads a text that a person typed as an answer. */
export function readText(text: string): ReadJson {
  if (text.trim() === '') return { ok: false, problem: { detail: 'Write your answer here.', start: 0, end: 0 } };
  const read = checkTextRequest(text);
  if ('request' in read) return { ok: true, value: text };
  return { ok: false, problem: { detail: read.detail, start: read.fault.start, end: read.fault.end } };
}
