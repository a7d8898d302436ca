import type { RevokedSerial } from '../pki/authority.ts';
import { limits } from '../protocol/limits.ts';
import type { AgentRecord, IssuedCertificate } from './store.ts';

/** Seconds that a revoked serial stays on the list after its certificate expired (protocol page, section 6). */
const listedAfterExpiry = limits.listedAfterExpiry;

/**
 * Seconds that a revocation is stored after no list names it any more. A server whose clock was up to a year ahead goes on without
 * having lost one that still counts.
 */
export const storedAfterListed = 366 * 86_400;

/** Returns the Unix seconds until which a list names the certificate once it is revoked. */
export function listedUntil({ notAfter }: IssuedCertificate): number {
  return notAfter + listedAfterExpiry;
}

/** True when nothing of a certificate has to be stored at `now` (Unix seconds), even if that is a year too late. */
export function isForgotten(certificate: IssuedCertificate, now: number): boolean {
  return listedUntil(certificate) + storedAfterListed < now;
}

/**
 * Returns the serials of an agent that a list signed at `now` (Unix seconds) names. The revocation of the agent
 * counts more than that of one certificate: it ends sessions, which `superseded` does not.
 */
export function revokedSerials({ issued, revoked }: AgentRecord, now: number): RevokedSerial[] {
  return issued.flatMap((certificate) => {
    const revocation = revoked ?? certificate.revoked;
    if (revocation === undefined || listedUntil(certificate) < now) return [];
    return [{ serial: certificate.serial, revokedAt: revocation.at, reason: revocation.reason }];
  });
}
