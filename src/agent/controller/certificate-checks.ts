import { readRevocationList } from '../../pki/revocation-list.ts';
import { createCertificateVerifier } from '../../pki/verifier.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { PeerIdentity, VerifyCertificates } from '../../protocol/handshake/identity.ts';
import type { ControllerClient } from './client.ts';
import { Revocations } from './revocations.ts';
import { supersededByValid } from './superseded.ts';

/** What certificates are checked with. */
export interface CertificateCheckDeps {
  readonly controller: ControllerClient;
  /** DER of the CA certificate that this agent trusts. */
  readonly caCertificate: Bytes;
  /** Unix seconds. */
  now(): number;
}

/** The checks of certificates (protocol page, section 2), and the CRL that they go by. */
export interface CertificateChecks {
  readonly revocations: Revocations;
  /** The check of a peer with whom something begins. */
  readonly verifyCertificates: VerifyCertificates;
  /** The check that lets a superseded certificate pass while its key has another one that is valid. */
  readonly verifyGoingOn: VerifyCertificates;
  /**
   * Makes the check of this agent's own certificates, which holds also when no CRL can be had; peers need one. `superseded` hears of
   * certificates that newer ones of the same key have replaced: the check refuses them.
   */
  own(superseded: (own: PeerIdentity) => void): VerifyCertificates;
}

/** Returns the checks that trust one CA. They know no CRL before `revocations` was refreshed. */
export function certificateChecks({ controller, caCertificate, now }: CertificateCheckDeps): CertificateChecks {
  const revocations = new Revocations(controller, (der) => readRevocationList(der, caCertificate, now()), now);
  const revocation = () => revocations.current;
  const verifyCertificates = createCertificateVerifier({ caCertificate, revocation });
  return {
    revocations,
    verifyCertificates,
    verifyGoingOn: createCertificateVerifier({
      caCertificate,
      revocation,
      goesOn: supersededByValid({ controller, revocations, verifyCertificates, now }),
    }),
    own: (superseded) =>
      createCertificateVerifier({
        caCertificate,
        revocation,
        unknownStatus: 'accept',
        goesOn: async (own) => {
          superseded(own);
          return false;
        },
      }),
  };
}
