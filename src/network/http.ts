import type { Network } from '../agent/contracts/ports.ts';
import { ParleyError } from '../protocol/errors.ts';
import { defaultDeadlineMs } from './deadline.ts';
import { faultOf } from './fault.ts';

const plain = { credentials: 'omit', redirect: 'error' } as const;

/** HTTP through this thread's `fetch`. Carries no cookies and follows no redirect. Rejects with `tls_untrusted` besides. */
export const httpNetwork: Network = {
  async send(request, deadlineMs = defaultDeadlineMs) {
    const deadline = AbortSignal.timeout(deadlineMs);
    try {
      return await fetch(request, { ...plain, signal: AbortSignal.any([request.signal, deadline]) });
    } catch (cause) {
      if (!deadline.aborted) throw unanswered(cause, request.url);
      const detail = `${new URL(request.url).host} did not answer within ${deadlineMs / 1000} seconds. Try again.`;
      throw new ParleyError('peer_unreachable', detail, { cause });
    }
  },
  async stream(request) {
    try {
      return await fetch(request, plain);
    } catch (cause) {
      throw unanswered(cause, request.url);
    }
  },
};

/** Returns the error of a request that got no answer, with the reason where the platform says it. */
function unanswered(cause: unknown, url: string): ParleyError {
  const fault = faultOf(cause, url);
  if (fault !== undefined) return new ParleyError(fault.code, fault.detail, { cause: fault.cause });
  const detail = `Nothing answers at ${new URL(url).host}. Check the address and the connection, then try again.`;
  return new ParleyError('peer_unreachable', detail, { cause });
}
