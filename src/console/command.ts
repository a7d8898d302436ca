import { ParleyError } from '../protocol/errors.ts';
import type { ConsoleAgent, OutputLine, OutputTable, Say } from './agent.ts';
import { nearest } from './nearest.ts';

/** What a word of a command may be, for completion. */
type Argument = 'peer' | 'session' | 'peer or session' | 'group' | 'invitation' | 'text';

/** A command of the console. */
export interface Command {
  readonly name: string;
  /** How it is typed. */
  readonly usage: string;
  readonly help: string;
  readonly arguments: readonly Argument[];
  /** What every word after these is. */
  readonly rest?: Argument;
  /** Commands inside it: its first word is the name of one. */
  readonly inside?: readonly Command[];
  run(agent: ConsoleAgent, words: readonly string[], say: Say): Promise<void>;
}

/** Returns a line that says what was done. */
export function info(text: string, mark?: OutputLine['mark']) {
  return { line: { level: 'INFO', text, ...(mark === undefined ? {} : { mark }) } } as const;
}

/** Returns a line of what was asked for. */
export function out(text: string) {
  return { line: { level: 'OUT', text } } as const;
}

/** Returns rows under headings; a line that says `none` when there are no rows. */
export function table(headings: OutputTable['headings'], rows: OutputTable['rows'], none?: string) {
  return rows.length === 0 && none !== undefined ? info(none) : ({ table: { headings, rows } } as const);
}

/**
 * Returns the command of a name, of those that are typed alone or after `group`. Throws `invalid_input`, with the nearest name, when there is
 * none.
 */
export function commandIn(commands: readonly Command[], name: string, group?: Command): Command {
  const found = commands.find((command) => command.name === name);
  if (found !== undefined) return found;
  const before = group === undefined ? '' : `${group.name} `;
  const near = nearest(
    name,
    commands.map((command) => command.name),
  );
  const hint = near === undefined ? '' : ` Did you mean ${before}${near}?`;
  throw new ParleyError(
    'invalid_input',
    `There is no command “${before}${name}”.${hint} Type help ${before === '' ? 'to see them all' : `${before}to see its commands`}.`,
  );
}

/** Returns a word that a command needs. Throws `invalid_input` when it is missing. */
export function required(word: string | undefined, what: string, { usage }: Command): string {
  if (word === undefined || word === '') throw new ParleyError('invalid_input', `This needs ${what}: ${usage}`);
  return word;
}
