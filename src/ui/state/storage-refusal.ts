import { isNamed } from '../../protocol/realm.ts';

/** True for what localStorage throws where the browser lets this site store nothing, or no more. */
export function isStorageRefusal(cause: unknown): boolean {
  return isNamed(cause, 'SecurityError') || isNamed(cause, 'QuotaExceededError');
}
