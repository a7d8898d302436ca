import type { Json } from '../../../agent/contracts/views.ts';
import { readTypedJson } from '../../../console/typed-json.ts';
import { asParleyError } from '../../../protocol/errors.ts';

/** JSON as a person typed it, or one sentence of what is wrong with it. */
export type ReadJson = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: string };

/** Reads JSON that a person typed. */
export function readJson(text: string): ReadJson {
  if (text.trim() === '') return { ok: false, problem: 'Write JSON here; for no parameters write {}.' };
  try {
    return { ok: true, value: readTypedJson(text) };
  } catch (error) {
    return { ok: false, problem: asParleyError(error).detail };
  }
}
