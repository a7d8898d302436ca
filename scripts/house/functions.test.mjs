import { expect, test } from 'vitest';
import { longFunctions } from './functions.mjs';

const lines = (/** @type {number} */ count) => 'work();\n'.repeat(count);

test('functions, methods and arrows over the limit are named, with their line and length', () => {
  const code = [
    `function whole() {\n${lines(4)}}`,
    `class A {\n  async step() {\n${lines(5)}  }\n}`,
    `const arrow = () => {\n${lines(6)}};`,
    `function short() {\n${lines(2)}}`,
  ].join('\n');
  expect(longFunctions('a.ts', code, 5)).toEqual([
    'whole (line 1, 6 lines)',
    'step (line 8, 7 lines)',
    'arrow (line 16, 8 lines)',
  ]);
});

test('a file of short functions has none', () => {
  expect(longFunctions('a.tsx', `const View = () => <p>{\n${'1 +\n'.repeat(2)}1}</p>;`, 5)).toEqual([]);
});
