import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalText } from './canonical.ts';
import { cutText } from './cut.ts';

test('a text that was cut can always be written as canonical JSON', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) }),
      fc.nat(40),
      (good, any, most) => {
        for (const text of [good, any]) {
          const cut = cutText(text, most);
          expect(cut.length).toBe(Math.min(text.length, most));
          expect(() => canonicalText(cut)).not.toThrow();
        }
      },
    ),
  );
});

test('a text that is short enough stays as it is, and a pair that was cut in two becomes U+FFFD', () => {
  expect(cutText('a😀', 3)).toBe('a😀');
  expect(cutText('a😀', 2)).toBe('a\ufffd');
});
