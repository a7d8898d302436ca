import { Command, CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { flagError } from './flag-error.ts';
import { addFlags, flagsOf } from './flags.ts';

const flags = { data: { value: 'FOLDER', help: 'Data.' }, json: { help: 'JSON.' } };

function commandWith(): Command {
  const command = new Command('verify').exitOverride().configureOutput({ writeErr: () => undefined });
  addFlags(command, { heading: 'Flags:', flags });
  return command.action(() => undefined);
}

function refusalOf(...args: string[]): string {
  const command = commandWith();
  try {
    command.parse(args, { from: 'user' });
    flagsOf(command);
  } catch (error) {
    return error instanceof CommanderError ? flagError(error, command, undefined).message : String(error);
  }
  return 'nothing';
}

test.each([
  [['--bogus'], 'This command has no flag --bogus.'],
  [['--bogus=1'], 'This command has no flag --bogus.'],
  [['--dat', 'x'], 'This command has no flag --dat. Did you mean --data?'],
  [['-x'], 'This command has no flag -x.'],
  [['--no-json'], 'This command has no flag --no-json. Did you mean --json?'],
  [['--constructor'], 'This command has no flag --constructor.'],
  [['--__proto__=1'], 'This command has no flag --__proto__.'],
  [['extra'], 'This command takes flags only, not “extra”.'],
  [['--data'], '--data needs a value.'],
  [['--data', '--json'], '--data needs a value.'],
  [['--json=1'], '--json takes no value.'],
])('%j is refused in words of ours', (args, sentence) => {
  expect(refusalOf(...args)).toContain(`${sentence} Run parley verify --help to see the flags.`);
});

test.each([
  [['--data', 'folder', '--json'], { data: 'folder', json: true }],
  [['--data=--json'], { data: '--json' }],
  [['--data='], { data: '' }],
  [['--data', 'one', '--data', 'two'], { data: 'two' }],
  [['--data', '-5'], { data: '-5' }],
  [[], {}],
])('%j gives its flags', (args, given) => {
  const command = commandWith();
  command.parse(args, { from: 'user' });
  expect(flagsOf(command)).toEqual(given);
});
