import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileName, fileType } from './file-name.ts';

describe('the name of a file', () => {
  test.each([
    ['notes.txt', 'notes.txt'],
    ['/etc/passwd', 'passwd'],
    ['..\\..\\boot.ini', 'boot.ini'],
    ['a/..', 'file'],
    ['', 'file'],
    ['...', 'file'],
    ['. .', 'file'],
    ['.bashrc', 'bashrc'],
    ['CON', '_CON'],
    ['con.txt', '_con.txt'],
    ['LPT1 .log', '_LPT1 .log'],
    ['console.txt', 'console.txt'],
    ['evil\u202egnp.exe', 'evilgnp.exe'],
    ['a\u0000b\u001b[31m', 'ab[31m'],
    ['two\u200bparts\ufeff.txt', 'twoparts.txt'],
    ['a:b*c?d', 'a_b_c_d'],
    ['trailing. . ', 'trailing'],
    ['e\u0301te\u0301.txt', '\u00e9t\u00e9.txt'],
    ['\ud800lone', '\ufffdlone'],
    ['a\uff0fb', 'a_b'],
    ['Übersicht – 日本語 😀.pdf', 'Übersicht – 日本語 😀.pdf'],
  ])('%j is %j', (given, safe) => {
    expect(fileName(given)).toBe(safe);
  });

  test('that is too long keeps its ending', () => {
    const name = fileName(`${'x'.repeat(400)}.tar.gz`);
    expect([name.length, name.endsWith('.gz')]).toEqual([200, true]);
    expect(new TextEncoder().encode(fileName('日'.repeat(400))).length).toBeLessThanOrEqual(230);
  });

  const parts = ['.', '..', '/', '\\', ' ', 'con', 'NUL', '\u202e', '\u0000', '\u0301', 'e', '~', ':', '日', '.txt'];
  const any = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 600 }),
    fc.array(fc.constantFrom(...parts), { maxLength: 40 }).map((found) => found.join('')),
  );

  test('of any kind is a plain one, and stays as it is', () => {
    fc.assert(
      fc.property(any, (given) => {
        const name = fileName(given);
        expect(fileName(name)).toBe(name);
        expect(name).toBe(name.normalize('NFC'));
        expect(name.isWellFormed()).toBe(true);
        expect(name).toMatch(/^[^/\\<>:"|?*\p{C}\p{Zl}\p{Zp}]+$/u);
        expect(name).not.toMatch(/^[. ]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?: *\.|$)/i);
        expect([...name].length).toBeLessThanOrEqual(200);
        expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(230);
      }),
      { numRuns: 2_000 },
    );
  });
});

test.each([
  ['text/plain', 'text/plain'],
  ['Text/HTML; charset=utf-8', 'text/html'],
  ['', 'application/octet-stream'],
  ['text', 'application/octet-stream'],
  ['text/pl ain', 'application/octet-stream'],
  ['text/\u202eplain', 'application/octet-stream'],
])('the type %j is %j', (given, type) => {
  expect(fileType(given)).toBe(type);
});
