import { asParleyError, ParleyError } from '../protocol/errors.ts';
import { storageBlocked } from './blocked-storage.ts';

/**
 * Returns what it means that a Web Lock was not granted, or was lost: `agent_in_use` when another tab has it (the wait timed out,
 * or the lock was stolen), `storage_blocked` when the browser allows this site none.
 */
export function lockRefusal(cause: unknown): ParleyError {
  const name = typeof cause === 'object' && cause !== null && 'name' in cause ? cause.name : undefined;
  if (name === 'TimeoutError' || name === 'AbortError') {
    return new ParleyError('agent_in_use', 'Close the other tab of this agent, or take the agent over.', { cause });
  }
  return name === 'SecurityError' ? storageBlocked(cause) : asParleyError(cause);
}

/** Returns the locks of this origin. Throws `network_unavailable` on a page that is not a secure context, which has none. */
export function webLocks(): LockManager {
  if ('locks' in navigator) return navigator.locks;
  throw new ParleyError(
    'network_unavailable',
    'This page is not secure, so the browser gives it no cryptography and no locks. Open it over https, or on localhost.',
  );
}
