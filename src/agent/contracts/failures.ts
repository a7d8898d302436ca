import { ParleyError } from '../../protocol/errors.ts';
import type { FailureView } from './views.ts';

/** Returns a failure as a person is told it. */
export function failureView(error: ParleyError): FailureView {
  return { code: error.code, title: error.title, detail: error.detail };
}

/** Throws `own_agent` for a peer that is the agent itself. */
export function requireOther(peerId: string, self: string): void {
  if (peerId !== self) return;
  throw new ParleyError(
    'own_agent',
    `${self} is this agent itself, and no peer of it. Nothing was sent. Name another agent.`,
  );
}

/** Returns what every call says before the agent is ready: `not_registered`. */
export function notReady(): ParleyError {
  return new ParleyError('not_registered', 'This agent is not ready yet. Wait until it has registered.');
}
