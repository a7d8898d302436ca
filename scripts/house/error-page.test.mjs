import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { localCodes } from '../../src/protocol/local-codes.ts';
import { wireCodes } from '../../src/protocol/wire-codes.ts';
import { codesOf, errorPage } from './error-page.mjs';

/** @param {string} name */
const source = (name) => readFileSync(`src/protocol/${name}.ts`, 'utf8');

test('every code of the source is on the page, with its status', () => {
  const page = errorPage(source('wire-codes'), source('local-codes'));
  const all = Object.entries({ ...wireCodes, ...localCodes });
  for (const [code, { status }] of all) expect(page).toContain(`| \`${code}\` | ${status} | `);
  expect(page.match(/^\| `/gm)).toHaveLength(all.length);
});

test('meaning, retry and source are read from the comment', () => {
  const text = `  /**
   * It is (one) thing.
   * Retry: yes, once; then not. From: peer, Controller.
   */
  one_code: { status: 404, title: 'It is gone' },`;
  expect(codesOf(text)).toEqual([
    {
      code: 'one_code',
      status: '404',
      title: 'It is gone',
      meaning: 'It is (one) thing.',
      retry: 'yes, once; then not',
      from: 'peer, Controller',
    },
  ]);
});

test.each(['', '/** A meaning alone. */', '/** A meaning. Retry: no. */'])(
  'a code with the comment “%s” is refused',
  (comment) => {
    expect(() => codesOf(`  ${comment}\n  one_code: { status: 404, title: 'It is gone' },`)).toThrow(
      'The code one_code needs',
    );
  },
);
