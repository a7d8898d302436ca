import { toHex } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { PeerIdentity, VerifyCertificates } from '../../protocol/handshake/identity.ts';
import { findCertifiedPeer } from './certified-peer.ts';
import type { ControllerClient } from './client.ts';
import type { Revocations } from './revocations.ts';

/** What is asked of the directory and the CRL. */
export interface SupersededDeps {
  readonly controller: ControllerClient;
  readonly revocations: Revocations;
  /** The check that refuses every certificate on the CRL. */
  readonly verifyCertificates: VerifyCertificates;
  /** Unix seconds. */
  now(): number;
}

/**
 * Returns the question whether a superseded certificate's key has another certificate that is valid: what goes on with such a peer goes
 * on then (protocol page, section 3). The answer is asked of the directory once for each CRL. It rejects with
 * `revocation_status_unknown` when the directory cannot be asked: that ends nothing and begins nothing.
 */
export function supersededByValid(deps: SupersededDeps): (identity: PeerIdentity) => Promise<boolean> {
  const { controller, revocations, verifyCertificates, now } = deps;
  const known = new Map<string, boolean>();
  let list = revocations.current;
  return async (identity) => {
    if (revocations.current !== list) known.clear();
    list = revocations.current;
    const key = toHex(identity.signingFingerprint);
    const answer = known.get(key) ?? (await ask(identity));
    known.set(key, answer);
    return answer;
  };

  async function ask({ agentId, signingSpki }: PeerIdentity): Promise<boolean> {
    try {
      const { peer } = await findCertifiedPeer(controller, verifyCertificates, agentId, now());
      return toHex(peer.signingSpki) === toHex(signingSpki);
    } catch (cause) {
      const isAnswered = cause instanceof ParleyError && answered.has(cause.code);
      if (isAnswered) return false;
      const detail = 'The directory cannot be asked for the new certificate of this agent. Try again.';
      throw new ParleyError('revocation_status_unknown', detail, { cause });
    }
  }
}

/** What the directory has said for certain: there is no valid certificate. */
const answered = new Set<string>(['certificate_revoked', 'certificate_expired', 'unknown_agent']);
