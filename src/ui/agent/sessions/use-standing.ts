import type { SessionView } from '../../../agent/contracts/views.ts';
import { useIsPast } from '../../state/now.ts';

/** Returns the status of a session as it is now: its engine may find that it has expired a little later, as after a sleep. */
export function useStanding({ status, expiresAt }: Pick<SessionView, 'status' | 'expiresAt'>): SessionView['status'] {
  const isPast = useIsPast(1_000 * expiresAt);
  return status === 'ESTABLISHED' && isPast ? 'EXPIRED' : status;
}
