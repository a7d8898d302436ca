import { parseArgs } from 'node:util';
import { expect, test } from 'vitest';
import { flagError } from './flag-error.ts';

function refusalOf(...args: string[]): string {
  try {
    parseArgs({ args, options: { data: { type: 'string' }, json: { type: 'boolean' } } });
  } catch (error) {
    const { code, detail } = flagError(error);
    return `${code}: ${detail}`;
  }
  return 'nothing';
}

test.each([
  [['--bogus'], 'This command has no flag --bogus.'],
  [['-x'], 'This command has no flag -x.'],
  [['extra'], 'This command takes flags only, not “extra”.'],
  [['--data'], '--data needs a value.'],
  [['--data', '--json'], '--data needs a value.'],
  [['--json=1'], '--json takes no value.'],
])('%j is refused in words of ours', (args, sentence) => {
  expect(refusalOf(...args)).toBe(`invalid_input: ${sentence} Run parley --help to see the flags.`);
});
