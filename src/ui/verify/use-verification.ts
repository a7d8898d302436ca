import type { VerificationView } from '../../agent/contracts/views.ts';
import { useAgentState } from '../state/hosted.ts';

/** What is known of a peer's signing key, as it stands now. */
export function useVerification(peerId: string): VerificationView {
  const known = useAgentState(({ verifications }) => verifications.find((one) => one.peerId === peerId));
  return known ?? { peerId, verification: 'unverified' };
}
