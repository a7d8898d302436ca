import type { Command, CommanderError } from 'commander';
import { ParleyError } from '../protocol/errors.ts';
import { whereFlagsAre } from './flags.ts';

/**
 * Returns what the library has against a command line, as `invalid_input` with a sentence of ours and where the flags are listed.
 * `wanted` says which words the command takes, when it takes any.
 */
export function flagError(error: CommanderError, command: Command, wanted: string | undefined): ParleyError {
  return new ParleyError('invalid_input', sentencesOf(error, command, wanted), { cause: error });
}

function sentencesOf({ code, message }: CommanderError, command: Command, wanted: string | undefined): string {
  switch (code) {
    case 'commander.unknownOption':
      return `${unknownFlag(message, command)} ${whereFlagsAre(command)}`;
    case 'commander.excessArguments':
    case 'commander.missingArgument':
    case 'commander.invalidArgument':
      return wanted ?? `This command takes flags only, not “${command.args[0]}”. ${whereFlagsAre(command)}`;
    default:
      return `The command line cannot be read. ${whereFlagsAre(command)}`;
  }
}

function unknownFlag(message: string, command: Command): string {
  const [, named = ''] = /'([^\s'=]*)/.exec(message) ?? [];
  const [, near] = /\n\(Did you mean (--[a-z-]+)\?\)$/.exec(message) ?? [];
  if (command.options.some(({ long }) => long === named)) return `${named} takes no value.`;
  return `This command has no flag ${named}.${near === undefined ? '' : ` Did you mean ${near}?`}`;
}
