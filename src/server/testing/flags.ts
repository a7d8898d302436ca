import { parseArgs } from 'node:util';
import { type Flag, type GivenFlags, serverFlags } from '../options/flags.ts';

const options = Object.fromEntries(
  Object.entries<Flag>(serverFlags).map(([name, { value }]) => [
    name,
    { type: value === undefined ? ('boolean' as const) : ('string' as const) },
  ]),
);

/** Returns the flags of a server as a test writes them: `['--port', '0']`. */
export function flagsIn(args: readonly string[]): GivenFlags {
  const given: Record<string, string | true> = {};
  for (const [name, value] of Object.entries(parseArgs({ args: [...args], options, strict: true }).values)) {
    if (typeof value === 'string' || value === true) given[name] = value;
  }
  return given;
}
