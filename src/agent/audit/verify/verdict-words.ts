import type { Unproven } from './evidence.ts';

/** Returns the words of a check for a trail in which nothing was altered. */
export function wordsOfWhole(entries: number, unproven: Unproven | undefined, deleted = 0): string {
  const before = deleted === 0 ? '' : ` ${deleted} older entries were deleted, for which a signed checkpoint stands.`;
  return `${wordsOf(entries, unproven)}${before}`;
}

function wordsOf(entries: number, unproven: Unproven | undefined): string {
  if (unproven === undefined) return `All ${entries} entries hold.`;
  const { sessions, messages } = unproven;
  const [session, message] = [sessions === 1 ? 'session' : 'sessions', messages === 1 ? 'message' : 'messages'];
  return `Nothing was altered in ${entries} entries, but not everything can be proven: the beginning of ${sessions} ${session} with ${messages} ${message} is not in the trail.`;
}
