import { type Bytes, concat, toHex } from '../protocol/bytes.ts';
import { sha256 } from '../protocol/crypto/hash.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { CertificatePair, PeerIdentity, VerifyCertificates } from '../protocol/handshake/identity.ts';
import { type AcceptedPair, acceptPair } from './accept-pair.ts';
import { readCaCertificate } from './ca-certificate.ts';
import type { RevocationList } from './revocation-list.ts';

/** Pairs whose signatures stay known, so that a peer's second handshake costs no verification. */
const remembered = 256;

/** What a verifier decides by. */
export interface VerifierOptions {
  /** DER of the pinned CA certificate. */
  readonly caCertificate: Bytes;
  /** The newest CRL, when one is known. */
  readonly revocation: () => RevocationList | undefined;
  /** What an unknown revocation status means: refused unless this policy says otherwise. */
  readonly unknownStatus?: 'refuse' | 'accept';
  /** True lets a pair pass that is on the CRL as superseded alone. Without it such a pair is revoked like any other. */
  readonly goesOn?: (superseded: PeerIdentity) => Promise<boolean>;
}

/**
 * Creates the certificate check of the protocol page, section 2. It refuses in this order: `certificate_untrusted`
 * (one text for every cause), `certificate_expired`, `certificate_revoked`, `revocation_status_unknown`. Validity and
 * revocation are looked at every time; signatures of a pair once.
 */
export function createCertificateVerifier(options: VerifierOptions): VerifyCertificates {
  const { caCertificate, revocation, unknownStatus = 'refuse', goesOn } = options;
  const ca = readCaCertificate(caCertificate);
  const caFrom = ca.notBefore.getTime() / 1000;
  const caUntil = ca.notAfter.getTime() / 1000;
  const known = new Map<string, AcceptedPair>();

  const accepted = async (pair: CertificatePair): Promise<AcceptedPair> => {
    const key = toHex(
      await sha256(
        crypto.subtle,
        concat(await sha256(crypto.subtle, pair.signing), await sha256(crypto.subtle, pair.encryption)),
      ),
    );
    const found = known.get(key);
    if (found !== undefined) return found;
    const fresh = await acceptPair(ca, pair);
    if (fresh === undefined) {
      throw certificateUntrusted();
    }
    const oldest = known.keys().next();
    if (known.size >= remembered && oldest.done !== true) known.delete(oldest.value);
    known.set(key, fresh);
    return fresh;
  };

  return async (pair, now): Promise<PeerIdentity> => {
    const { identity, notBefore, notAfter, serials } = await accepted(pair);
    if (now < notBefore || now > notAfter || now < caFrom || now > caUntil) {
      throw new ParleyError(
        'certificate_expired',
        'A certificate is not valid now. The agent has to renew it at the Controller.',
      );
    }
    const list = revocation();
    const listed = list === undefined ? [] : serials.filter((serial) => list.lists(serial));
    const isSuperseded = listed.every((serial) => list?.supersedes(serial));
    if (listed.length > 0 && !(isSuperseded && (await goesOn?.(identity)))) {
      throw new ParleyError('certificate_revoked', 'The Controller has revoked a certificate of this agent.');
    }
    if ((list === undefined || now > list.nextUpdate) && unknownStatus === 'refuse') {
      throw new ParleyError(
        'revocation_status_unknown',
        'No current revocation list is available. Check that the Controller can be reached and try again.',
      );
    }
    return identity;
  };
}

/** Returns the one refusal `certificate_untrusted` of certificates, whatever the cause. */
export function certificateUntrusted(): ParleyError {
  return new ParleyError('certificate_untrusted', 'The certificates are not a pair that the pinned Controller issued.');
}
