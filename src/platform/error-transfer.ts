import * as Comlink from 'comlink';
import { asParleyError, isErrorCode, ParleyError } from '../protocol/errors.ts';

interface Thrown {
  readonly value: unknown;
}

/** Makes an error keep its code and its sentence, and nothing else, across the thread boundary. Call it on both sides. */
export function carryParleyErrors(): void {
  const plain = Comlink.transferHandlers.get('throw');
  if (plain === undefined) return;
  Comlink.transferHandlers.set('throw', {
    canHandle: plain.canHandle,
    serialize: ({ value }: Thrown) => {
      const { code, detail } = asParleyError(value);
      return [{ code, detail }, []];
    },
    deserialize: (serialized: { readonly code: unknown; readonly detail: unknown }) => {
      const { code, detail } = serialized;
      throw new ParleyError(isErrorCode(code) ? code : 'internal_error', String(detail));
    },
  });
}
