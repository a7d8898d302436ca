import { expect, test } from 'vitest';
import { printable } from './printable.ts';

test('what a peer sends does nothing to a terminal', () => {
  expect(printable('x\n[INFO] ✓ bob is verified')).toBe('x\\u000a[INFO] ✓ bob is verified');
  expect(printable('\u001b]52;c;aGk=\u0007')).toBe('\\u001b]52;c;aGk=\\u0007');
  expect(printable('a\u202eb\u2028c')).toBe('a\\u202eb\\u2028c');
  expect(printable('Grüße, 你好 ✓')).toBe('Grüße, 你好 ✓');
});
