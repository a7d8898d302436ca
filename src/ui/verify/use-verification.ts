import type { VerificationView } from '../../agent/contracts/views.ts';
import { useAgentState } from '../state/hosted.ts';

/** Returns the state of a peer's signing key. */
export function useVerification(peerId: string): VerificationView {
  const known = useAgentState(({ verifications }) => verifications.find((one) => one.peerId === peerId));
  return known ?? { peerId, verification: 'unverified' };
}
