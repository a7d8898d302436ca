import type { Environment } from '../../crypto/environment.ts';
import { unixSeconds } from '../../crypto/environment.ts';
import { type ResumptionRecord, resumptionIdOf } from '../../handshake/resumption/record.ts';
import { limits } from '../../limits.ts';
import type { Session } from '../session.ts';

/**
 * Returns the resumption record of a session, from the key schedule of its newest epoch (protocol page, section 5).
 * Throws when it is over.
 */
export async function resumptionOf(environment: Environment, session: Session): Promise<ResumptionRecord> {
  const createdAt = unixSeconds(environment);
  const { epoch, signingKey, peerSigningPublic } = session.live(createdAt);
  return {
    id: await resumptionIdOf(environment.subtle, epoch.salt),
    peerId: session.peer.agentId,
    sessionId: session.id,
    role: session.role,
    key: epoch.resumptionKey,
    signingKey,
    peerSigningPublic,
    peerCertificates: session.peer.certificates,
    isExtended: session.peerExtensions !== undefined,
    createdAt,
    expiresAt: createdAt + limits.resumptionLifetime,
  };
}
