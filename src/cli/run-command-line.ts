import { CommanderError } from 'commander';
import { commands } from './commands.ts';
import { complain } from './complain.ts';
import { exitCodes } from './exit-codes.ts';
import { flagError } from './flag-error.ts';
import { makeProgram } from './program.ts';
import type { Terminal } from './repl.ts';

/** Runs what a command line says, `args` without Node and the program. Returns the exit code; it never rejects. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  const [first] = args;
  let code: number = exitCodes.done;
  const program = makeProgram(terminal, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    const row = commands.find(({ name }) => name === first);
    const command = program.commands.find((each) => each.name() === first) ?? program;
    const cause = error instanceof CommanderError ? flagError(error, command, row?.wanted) : error;
    return row?.refuse === undefined ? complain(cause) : row.refuse(cause, terminal);
  }
}
