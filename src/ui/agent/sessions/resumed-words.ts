import type { SessionView } from '../../../agent/contracts/views.ts';

/** Returns the word for what a session has done with the one it resumes, or tried to. */
export function resumedWord(status: SessionView['status']): string {
  if (status === 'HANDSHAKING') return 'resuming';
  return status === 'FAILED' ? 'tried to resume' : 'resumed';
}
