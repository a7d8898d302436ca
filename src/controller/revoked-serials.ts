import type { RevokedSerial } from '../pki/authority.ts';
import type { AgentRecord, IssuedCertificate } from './store.ts';

/** Seconds that a revoked serial stays on the list after its certificate expired (protocol page, section 6). */
const listedAfterExpiry = 31 * 86_400;

/** Unix seconds until which a list names the certificate once it is revoked. */
export function listedUntil({ notAfter }: IssuedCertificate): number {
  return notAfter + listedAfterExpiry;
}

/**
 * The serials of an agent that a list signed at `now` (Unix seconds) names. The revocation of the agent counts more than
 * that of one certificate: it ends sessions, which `superseded` does not.
 */
export function revokedSerials({ issued, revoked }: AgentRecord, now: number): RevokedSerial[] {
  return issued.flatMap((certificate) => {
    const revocation = revoked ?? certificate.revoked;
    if (revocation === undefined || listedUntil(certificate) < now) return [];
    return [{ serial: certificate.serial, revokedAt: revocation.at, reason: revocation.reason }];
  });
}
