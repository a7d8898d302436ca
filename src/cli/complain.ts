import { visibleLine } from '../console/visible-text.ts';
import { asParleyError } from '../protocol/errors.ts';
import { isError } from '../protocol/realm.ts';
import { exitCodeOf } from './exit-codes.ts';

/** Says on stderr, in one line, why a command failed. Returns its exit code. */
export function complain(cause: unknown): number {
  const { code, detail } = asParleyError(cause);
  const name = code === 'internal_error' && isError(cause) && cause.name !== 'ParleyError' ? ` ${cause.name}.` : '';
  process.stderr.write(`${visibleLine(`${detail}${name} (${code})`)}\n`);
  return exitCodeOf(code);
}
