import type { GivenFlags } from '../server/options/flags.ts';

/** What a command line says to a command. */
export interface Given {
  /** Its words that are no flags, as many as the command takes. */
  readonly words: readonly string[];
  readonly flags: GivenFlags;
}
