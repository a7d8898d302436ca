import { ParleyError } from '../protocol/errors.ts';

/** What to do where a browser lets a site store nothing. */
export const blockedAdvice =
  'An agent needs a place for its keys, and nothing was sent. Allow cookies and site data for this address in the browser’s settings, then reload the page.';

/** Returns the error of a page that may store nothing, or hold no lock. */
export function storageBlocked(cause: unknown): ParleyError {
  return new ParleyError('storage_blocked', blockedAdvice, { cause });
}
