import { type Command, Option } from 'commander';
import { ParleyError } from '../protocol/errors.ts';
import type { FlagTable, GivenFlags } from '../server/options/flags.ts';

/** How a group of flags stands in the help of a command. */
interface FlagGroup {
  /** The heading; undefined for flags that the command takes and does not list. */
  readonly heading: string | undefined;
  readonly flags: FlagTable;
}

/** Lets a command take flags, and lists them in its help. */
export function addFlags(command: Command, { heading, flags }: FlagGroup): void {
  for (const [name, { value, variable, help, isMany }] of Object.entries(flags)) {
    // A value in brackets may be missing: so `--id --json` gives --id none, and does not make --json its value.
    const spelling = value === undefined ? `--${name}` : `--${name} [${value}]`;
    const option = new Option(spelling, variable === undefined ? help : `${help} (${variable})`);
    if (isMany === true) option.argParser((one: string, before: unknown) => joined(before, one));
    if (heading === undefined) option.hideHelp();
    else option.helpGroup(heading);
    command.addOption(option);
  }
}

function joined(before: unknown, one: string): string {
  return typeof before === 'string' ? `${before}\0${one}` : one;
}

/** Returns the flags that a parsed command was given. Throws `invalid_input` for one without the value that it needs. */
export function flagsOf(command: Command): GivenFlags {
  const given: Record<string, string | true> = {};
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    if (value === undefined) continue;
    // A flag that begins with no- is off until it is given (commander, Option.negate).
    if (option.negate) {
      if (value === false) given[option.name()] = true;
    } else if (option.isBoolean()) given[option.name()] = true;
    else if (typeof value === 'string') given[option.name()] = value;
    else throw new ParleyError('invalid_input', `--${option.name()} needs a value. ${whereFlagsAre(command)}`);
  }
  return given;
}

/** Returns where the flags of a command are listed, as a sentence. */
export function whereFlagsAre(command: Command): string {
  return `Run parley ${nameOf(command)} --help to see the flags.`;
}

/** Returns the words that a command is called by, after `parley`. */
function nameOf(command: Command): string {
  const { parent } = command;
  return parent === null || parent.parent === null ? command.name() : `${nameOf(parent)} ${command.name()}`;
}
