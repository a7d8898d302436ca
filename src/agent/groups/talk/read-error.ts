import type { JsonValue } from '../../../protocol/wire/json.ts';

/** Returns a member's error as code and detail: it may be any JSON. */
export function readError(error: JsonValue): { readonly code: string; readonly detail: string } {
  const unknown = { code: 'handler_failed', detail: 'The member answered with an error.' };
  if (typeof error !== 'object' || error === null || Array.isArray(error)) {
    return typeof error === 'string' ? { ...unknown, detail: error } : unknown;
  }
  const { code, detail } = Object.fromEntries(Object.entries(error));
  return {
    code: typeof code === 'string' ? code : unknown.code,
    detail: typeof detail === 'string' ? detail : unknown.detail,
  };
}
