import { Argument, Command } from 'commander';
import { nearest } from '../console/nearest.ts';
import { visibleLine } from '../console/visible-text.ts';
import type { CommandRow } from './command-row.ts';
import { commands } from './commands.ts';
import { exitCodes } from './exit-codes.ts';
import { addFlags, flagsOf } from './flags.ts';
import type { Terminal } from './screen.ts';

/** What a program does with the exit code of the command that it ran. */
type Ended = (code: number) => void;

/** Returns the command line of `parley`, which writes help to `terminal`. It throws a CommanderError for what it cannot use. */
export function makeProgram(terminal: Terminal, ended: Ended): Command {
  const program = new Command('parley')
    .description('Parley: the secure line between agents.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.output.write(text),
      // Errors are told by whoever catches them.
      writeErr: () => undefined,
    })
    .configureHelp({
      optionTerm: ({ flags }) => flags.replace(/[[\]]/g, ''),
      subcommandTerm: (command) => command.name(),
    })
    .usage('COMMAND [flags]')
    .optionsGroup('Flags:')
    .helpOption('-h, --help', 'Show this help.')
    .helpCommand(false)
    .option('-V, --version', 'Print the version.')
    .argument('[command]')
    // The words of a command are its own; what comes before any is told with the commands that there are.
    .enablePositionalOptions()
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText('after', '\nparley COMMAND --help explains a command and its flags.')
    .action((word: unknown) => {
      if (typeof word === 'string') ended(refuseWord(program, word));
      else program.outputHelp();
    });
  for (const row of commands) addCommand(program, row, terminal, ended);
  program
    .command('help')
    .summary('Explain a command.')
    .argument('[command]')
    .action((word: unknown) => (program.commands.find((command) => command.name() === word) ?? program).outputHelp());
  program
    .command('version')
    .summary('Print the version.')
    .action(async () => ended((await import('./version.ts')).writeVersion(terminal.output)));
  return program;
}

function addCommand(program: Command, row: CommandRow, terminal: Terminal, ended: Ended): void {
  if (row.commands !== undefined) {
    addGroup(program, row, row.commands, terminal, ended);
    return;
  }
  const command = program
    .command(row.name)
    .summary(row.summary)
    .description(row.description)
    .usage(['[flags]', ...Object.keys(row.words ?? {})].join(' '))
    .optionsGroup('Flags:')
    .helpOption('-h, --help', 'Show this help.')
    .allowExcessArguments(false)
    .addHelpText('after', () => endsIn(row));
  for (const [name, help] of Object.entries(row.words ?? {})) {
    const argument = new Argument(name, help);
    command.addArgument(name === '<WHAT>' ? argument.choices(['audit', 'history']) : argument);
  }
  for (const [heading, flags] of Object.entries(row.flagGroups)) addFlags(command, { heading, flags });
  addFlags(command, { heading: undefined, flags: row.hiddenFlags ?? {} });
  command.action(async () => ended(await row.run({ words: command.args, flags: flagsOf(command) }, terminal)));
}

/** Adds a command that has commands inside it. */
function addGroup(
  program: Command,
  row: CommandRow,
  inside: readonly CommandRow[],
  terminal: Terminal,
  ended: Ended,
): void {
  const group = program
    .command(row.name)
    .summary(row.summary)
    .description(row.description)
    .usage('COMMAND [flags]')
    .optionsGroup('Flags:')
    .helpOption('-h, --help', 'Show this help.')
    .helpCommand(false)
    .argument('[command]')
    .enablePositionalOptions()
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText('after', `\nparley ${row.name} COMMAND --help explains a command and its flags.`)
    .action((word: unknown) => {
      if (typeof word === 'string') ended(refuseWord(group, word));
      else group.outputHelp();
    });
  for (const each of inside) addCommand(group, each, terminal, ended);
}

function endsIn({ ends }: CommandRow): string {
  const lines = Object.entries(ends).map(([code, meaning]) => `  ${code.padEnd(2)}  ${meaning}`);
  return `\nExit codes:\n${lines.join('\n')}`;
}

function refuseWord(program: Command, word: string): number {
  const near = nearest(
    word,
    program.commands.map((command) => command.name()),
  );
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  const all = program.parent === null ? 'parley help' : `parley ${program.name()} --help`;
  process.stderr.write(`There is no command “${visibleLine(word)}”.${hint} Run ${all} to list the commands.\n`);
  return exitCodes.usage;
}
