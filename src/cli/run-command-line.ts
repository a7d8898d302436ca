import { type Command, CommanderError } from 'commander';
import type { CommandRow } from './command-row.ts';
import { commands } from './commands.ts';
import { complain } from './complain.ts';
import { exitCodes } from './exit-codes.ts';
import { flagError } from './flag-error.ts';
import { makeProgram } from './program.ts';
import type { Terminal } from './screen.ts';

/** Runs what a command line says, `args` without Node and the program. Returns the exit code; it never rejects. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = exitCodes.done;
  const program = makeProgram(terminal, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    const { row, command } = namedBy(args, program);
    const cause = error instanceof CommanderError ? flagError(error, command, row?.wanted) : error;
    return row?.refuse === undefined ? complain(cause) : row.refuse(cause, terminal);
  }
}

/** Returns the innermost command that a command line names. */
function namedBy(words: readonly string[], program: Command): { readonly row?: CommandRow; readonly command: Command } {
  let found: { readonly row?: CommandRow; readonly command: Command } = { command: program };
  let among: readonly CommandRow[] = commands;
  for (const word of words) {
    const row = among.find(({ name }) => name === word);
    const command = found.command.commands.find((each) => each.name() === word);
    if (row === undefined || command === undefined) break;
    found = { row, command };
    among = row.commands ?? [];
  }
  return found;
}
