import { isError } from '../../protocol/realm.ts';
/** True for an error of the system with this code, such as `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return isError(error) && 'code' in error && error.code === code;
}
