import type { Json } from '../../agent/views.ts';

/** JSON as a person typed it, or one sentence of what is wrong with it. */
export type ReadJson = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: string };

/** Reads JSON that a person typed. */
export function readJson(text: string): ReadJson {
  if (text.trim() === '') return { ok: false, problem: 'Write JSON here; for no parameters write {}.' };
  try {
    const value: Json = JSON.parse(text);
    return { ok: true, value };
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? cause.message : 'it cannot be read';
    return { ok: false, problem: `This is not JSON yet: ${reason}.` };
  }
}
