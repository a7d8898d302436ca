import { ParleyError } from '../../protocol/errors.ts';
import type { PeerIdentity, VerifyCertificates } from '../../protocol/handshake/identity.ts';
import type { ControllerClient } from './client.ts';

/** A peer as its certificates name it. `isOnline`: it holds a line to a relay of this installation, as the directory says. */
export interface CertifiedPeer {
  readonly peer: PeerIdentity;
  readonly isOnline: boolean;
}

/**
 * Looks a peer up in the directory and takes nothing but what its certificates say (protocol page, section 2): whoever can alter the
 * directory could send everything to an address of their own. `now` is in Unix seconds. Throws what the look-up and the certificate
 * check throw, and `identity_mismatch` when the entry names another agent or another address than the certificates.
 */
export async function findCertifiedPeer(
  controller: ControllerClient,
  verifyCertificates: VerifyCertificates,
  peerId: string,
  now: number,
): Promise<CertifiedPeer> {
  const entry = await controller.agent(peerId);
  const peer = await verifyCertificates(entry.certificate, now);
  if (peer.agentId !== peerId) {
    throw new ParleyError(
      'identity_mismatch',
      'The directory gave the certificate of another agent. Nothing was sent.',
    );
  }
  if (peer.address !== entry.address) {
    throw new ParleyError(
      'identity_mismatch',
      'The directory gives another address than the certificates of this agent. Nothing was sent.',
    );
  }
  return { peer, isOnline: entry.online };
}
