import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeFileName } from './safe-file-name.ts';

test.each([
  ['report.pdf', 'report.pdf'],
  ['Bericht März.pdf', 'Bericht März.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Windows\\system32\\drivers.sys', 'drivers.sys'],
  ['photo\u202egnp.exe', 'photognp.exe'],
  ['a\nb\u0000c.txt', 'abc.txt'],
  ['.bashrc', 'bashrc'],
  ['-rf', 'rf'],
  ['CON.txt', '_CON.txt'],
  ['com1', '_com1'],
  ['end. . .', 'end'],
  ['photo.png          .exe', 'photo.png .exe'],
  ['$(rm -rf ~).txt', '__rm -rf __.txt'],
  ['..', 'attachment'],
  ['', 'attachment'],
  [undefined, 'attachment'],
])('saves %j as %j', (name, safe) => {
  expect(safeFileName(name)).toBe(safe);
});

test('a long name keeps its ending', () => {
  const name = safeFileName(`${'a'.repeat(300)}.tar.gz`);
  expect(name).toHaveLength(60);
  expect(name.endsWith('.gz')).toBe(true);
});

test('whatever a peer writes, the name is one that can be saved and that stays what it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      const safe = safeFileName(name);
      expect(safe).not.toMatch(/[/\\<>:"|?*\p{Cc}\p{Bidi_Control}]|^[.\s]|[.\s]$|^$/u);
      expect([...safe].length).toBeLessThanOrEqual(60);
    }),
  );
});
