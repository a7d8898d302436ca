import { type Bytes, equalConstantTime } from '../../protocol/bytes.ts';
import type { SigningCertificate } from './check-credential.ts';
import type { GroupCredential } from './credential.ts';

/**
 * Whether a member is trusted, or why not. `waiting`: what decides it, the certificate or a revocation list, cannot be had at the moment.
 */
export type Trust = 'trusted' | 'expired' | 'revoked' | 'key_changed' | 'waiting';

/** What this agent knows of a member's certificate. `superseded`: the list has it for this reason alone. */
export type CertificateStatus = 'good' | 'superseded' | 'revoked' | 'unknown';

/** What trust is judged by. */
export interface TrustEvidence {
  /** Unix seconds, this agent's clock. */
  readonly now: number;
  readonly credential: Pick<GroupCredential, 'notBefore' | 'notAfter'>;
  /** Undefined while it cannot be had. */
  readonly certificate: Pick<SigningCertificate, 'spki' | 'notBefore' | 'notAfter'> | undefined;
  readonly status: CertificateStatus;
  /** Of a superseded certificate: its key has a valid one in the directory. Undefined while that cannot be asked. */
  readonly hasValidSuccessor?: boolean;
  /** SPKI DER of the key that this agent's owner has verified for the peer. */
  readonly verifiedKey?: Bytes;
}

/**
 * Returns whether I send to a member and run its requests (groups page, section 2): now is between not_before and not_after, the
 * certificate is neither expired nor revoked, and my verified mark, if there is one, is for its key. Each member judges for itself.
 */
export function trustOf(evidence: TrustEvidence): Trust {
  const { now, credential, certificate, verifiedKey } = evidence;
  if (certificate !== undefined && verifiedKey !== undefined && !equalConstantTime(certificate.spki, verifiedKey)) {
    return 'key_changed';
  }
  if (evidence.status === 'revoked') return 'revoked';
  if (!isWithin(now, credential)) return 'expired';
  if (certificate === undefined) return 'waiting';
  if (!isWithin(now, certificate)) return 'expired';
  if (evidence.status === 'unknown') return 'waiting';
  if (evidence.status === 'good' || evidence.hasValidSuccessor === true) return 'trusted';
  return evidence.hasValidSuccessor === undefined ? 'waiting' : 'revoked';
}

function isWithin(now: number, time: { readonly notBefore: number; readonly notAfter: number }): boolean {
  return time.notBefore <= now && now <= time.notAfter;
}
