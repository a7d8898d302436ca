import { exitCodes } from './exit-codes.ts';

/**
 * Lets the process go on when its output cannot be written: whoever reads may have gone (`parley agent | head -1`), and that says
 * nothing of the command. When it cannot be written for another reason, such as a full disk, the process says so on stderr and a
 * command that was done ends with `exitCodes.storage`. Without this, Node ends it with 1.
 */
export function watchOutput(): void {
  let failure: string | undefined;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') failure ??= error.code ?? error.name;
    });
  }
  // Streams report a failure only after the command has returned.
  process.on('exit', () => {
    if (failure === undefined) return;
    process.stderr.write(
      `The output could not be written (${failure}). The command itself ran: check before you repeat it.\n`,
    );
    if (process.exitCode === exitCodes.done) process.exitCode = exitCodes.storage;
  });
}
