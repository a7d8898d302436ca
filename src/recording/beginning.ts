import type { MessageName, TraceEvent } from '../protocol/trace/events.ts';
import type { Recording } from './recording.ts';

/** How a session begins: by a handshake, or by resuming an earlier one (protocol page, sections 3 and 5). */
export type Beginning = 'handshake' | 'resumption';

/** True for the messages of a resumption. */
export function isOfResumption(message: MessageName): boolean {
  return message === 'RESUME_HELLO' || message === 'RESUME_ACCEPT';
}

/** Returns how a recorded session began, or tried to. */
export function beginningOf({ session, ends }: Pick<Recording, 'session' | 'ends'>): Beginning {
  const resumes = session.resumes !== undefined || ends.some(({ events }) => events.some(isEventOfResumption));
  return resumes ? 'resumption' : 'handshake';
}

function isEventOfResumption(event: TraceEvent): boolean {
  if (event.kind === 'message') return isOfResumption(event.message);
  return event.kind === 'check' && isOfResumption(event.of);
}
