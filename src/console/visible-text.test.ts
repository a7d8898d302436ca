import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hiddenTexts, spelledTexts } from './testing/untrusted-texts.ts';
import { visibleLine, visibleText } from './visible-text.ts';

describe('an untrusted text', () => {
  test.each(hiddenTexts)('shows what would act unseen: %j', (text, shown) => {
    expect(visibleLine(text)).toBe(shown);
  });

  test.each(spelledTexts)('stays as its script spells it: %s', (text) => {
    expect(visibleLine(text)).toBe(text);
    expect(visibleText(text)).toBe(text);
  });

  test('keeps its own lines where there is room for them', () => {
    expect(visibleText('a\n\tb\r\u001b[2J')).toBe('a\n\tb\\u000d\\u001b[2J');
  });

  test('is never an instruction to a terminal, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visibleLine(text)).not.toMatch(
          /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u,
        );
      }),
    );
  });

  test('is the same JSON when it was JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(visibleLine(text))).toEqual(JSON.parse(text));
        expect(JSON.parse(visibleText(JSON.stringify(value, undefined, 2)))).toEqual(JSON.parse(text));
      }),
    );
  });

  test('is found in time that grows with its length only', () => {
    const text = '\u{1F3F4}\u{E0061}'.repeat(50_000);
    expect(visibleLine(text).length).toBeGreaterThan(text.length);
  });
});
