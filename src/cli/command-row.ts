import type { FlagTable } from '../server/options/flags.ts';
import type { Given } from './given.ts';
import type { Terminal } from './screen.ts';

/** A command of `parley`: what help says of it, what it takes, and what it does. */
export interface CommandRow {
  readonly name: string;
  /** One line in the list of commands. */
  readonly summary: string;
  readonly description: string;
  /** The words that it takes, in order: each name as the library writes it, and what it is. */
  readonly words?: Readonly<Record<string, string>>;
  /** What to write in place of words that it does not take. */
  readonly wanted?: string;
  /** Its flags, under headings. */
  readonly flagGroups: Readonly<Record<string, FlagTable>>;
  /** Flags that it takes and that do nothing. */
  readonly hiddenFlags?: FlagTable;
  /** What each of its exit codes means. */
  readonly ends: Readonly<Record<number, string>>;
  /** Commands inside it. With them it has no words and no flags, and shows its help when it is run. */
  readonly commands?: readonly CommandRow[];
  /** Runs it; returns its exit code. Loads what it needs, and nothing of the others. */
  run(given: Given, terminal: Terminal): Promise<number>;
  /** Says why the command line cannot be used, where that is not a line on stderr. Returns the exit code. */
  refuse?(cause: unknown, terminal: Terminal): Promise<number>;
}
