import { expect, test } from 'vitest';
import { mlsPage, rulesOf } from './mls-page.mjs';

const source = `export const codes = {
  /** The bytes end before
   * the structure does. */
  truncated: 'RFC 9420, section 2.1',
  /** A limit. */
  too_large: 'limit of this implementation',
} as const;`;

test('code, section and meaning are read from the source', () => {
  expect(rulesOf(source)).toEqual([
    { code: 'truncated', section: 'RFC 9420, section 2.1', meaning: 'The bytes end before the structure does.' },
    { code: 'too_large', section: 'limit of this implementation', meaning: 'A limit.' },
  ]);
});

test('the page has each rule with the tests that expect it, and the rules without one are named', () => {
  const before = '# MLS\n\n<!-- begin: codes -->\nold\n<!-- end: codes -->\n';
  const tests = new Map([['src/mls/codec/reader.test.ts', `expect(thrown.code).toBe('truncated')`]]);
  const { page, untested } = mlsPage(before, new Map([['Encoding', source]]), tests);
  expect(page).toContain('| `truncated` | 2.1 | The bytes end before the structure does. | [reader.test.ts](');
  expect(page).not.toContain('old');
  expect(untested).toEqual(['too_large']);
});
