import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from './base64.ts';

test('the browser’s decoder takes exactly what the browser’s encoder writes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = encodeBase64(bytes);
      expect(text).toBe(btoa(String.fromCharCode(...bytes)));
      expect(decodeBase64(text)).toEqual(new Uint8Array(bytes));
    }),
  );
  const character = fc.constantFrom(...'AZaz09+/=-_ \n');
  fc.assert(
    fc.property(fc.string({ unit: character, maxLength: 12 }), (text) => {
      let decoded: Uint8Array;
      try {
        decoded = decodeBase64(text);
      } catch {
        return;
      }
      expect(encodeBase64(decoded)).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});
