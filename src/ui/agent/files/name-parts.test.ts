import fc from 'fast-check';
import { expect, test } from 'vitest';
import { directionOf, nameParts } from './name-parts.ts';

test.each([
  ['report.pdf', 're', 'port.pdf'],
  ['a.pdf', '', 'a.pdf'],
  ['no-ending', 'no-en', 'ding'],
  ['.bashrc', '.ba', 'shrc'],
  ['archive.tar.gz', 'archive', '.tar.gz'],
  ['holiday.a-very-long-ending', 'holiday.a-very-long-en', 'ding'],
  ['\u05d3\u05d5\u05d7 \u05e9\u05e0\u05ea\u05d9.pdf', '\u05d3\u05d5\u05d7 ', '\u05e9\u05e0\u05ea\u05d9.pdf'],
  ['\u{1F469}\u200D\u{1F467}'.repeat(5), '\u{1F469}\u200D\u{1F467}', '\u{1F469}\u200D\u{1F467}'.repeat(4)],
])('%j may be cut in its first part alone', (name, stem, ending) => {
  expect(nameParts(name)).toEqual({ stem, ending });
});

test('both parts are the name, and the second is never more than an ending and four characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (name) => {
      const { stem, ending } = nameParts(name);
      expect(stem + ending).toBe(name);
      expect([...new Intl.Segmenter('en').segment(ending)].length).toBeLessThanOrEqual(16);
    }),
  );
});

test.each([
  ['report.pdf', 'ltr'],
  ['2026 \u05d3\u05d5\u05d7.pdf', 'rtl'],
  ['\u062a\u0642\u0631\u064a\u0631.pdf', 'rtl'],
  ['report \u05d3\u05d5\u05d7', 'ltr'],
  ['', 'ltr'],
])('%j is read %s', (name, direction) => {
  expect(directionOf(name)).toBe(direction);
});
