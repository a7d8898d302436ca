import type { Network } from '../agent/contracts/ports.ts';
import { ParleyError } from '../protocol/errors.ts';
import { defaultDeadlineMs } from './deadline.ts';

const plain = { credentials: 'omit', redirect: 'error' } as const;

/** HTTP through this thread's `fetch`. Carries no cookies and follows no redirect. */
export const httpNetwork: Network = {
  async send(request, deadlineMs = defaultDeadlineMs) {
    const deadline = AbortSignal.timeout(deadlineMs);
    try {
      return await fetch(request, { ...plain, signal: AbortSignal.any([request.signal, deadline]) });
    } catch (cause) {
      const host = new URL(request.url).host;
      const detail = deadline.aborted
        ? `${host} did not answer within ${deadlineMs / 1000} seconds. Try again.`
        : `Nobody answers at ${host}. Open the agent that belongs there, then try again.`;
      throw new ParleyError('peer_unreachable', detail, { cause });
    }
  },
  async stream(request) {
    try {
      return await fetch(request, plain);
    } catch (cause) {
      throw new ParleyError('peer_unreachable', `Nobody answers at ${new URL(request.url).host}.`, { cause });
    }
  },
};
