import { parleyVersion } from '../server/web/package-folder.ts';
import { exitCodes } from './exit-codes.ts';

/** Writes which Parley this is. Returns the exit code. */
export function writeVersion(output: { write(text: string): unknown }): number {
  output.write(`parley ${parleyVersion()}\n`);
  return exitCodes.done;
}
