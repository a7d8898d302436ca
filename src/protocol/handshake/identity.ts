import type { AgentId, Bytes, CertificateFingerprint, KeyId } from '../bytes.ts';

/** An agent's two certificates, DER each (protocol page, section 2). */
export interface CertificatePair {
  readonly signing: Bytes;
  readonly encryption: Bytes;
}

/** This agent, as the handshake needs it. Both private keys are non-extractable. */
export interface OwnIdentity {
  readonly agentId: AgentId;
  readonly certificates: CertificatePair;
  /** RSA-PSS private key, usage `sign`. */
  readonly signingKey: CryptoKey;
  /** RSA-OAEP private key, usage `decrypt`. */
  readonly decryptionKey: CryptoKey;
  /** H(SPKI DER) of the encryption key. */
  readonly keyId: KeyId;
}

/** What an accepted pair of certificates says of its agent: made only by a certificate check that passed. */
export interface PeerIdentity {
  readonly agentId: AgentId;
  /** The address that the certificates name. */
  readonly address: string;
  readonly certificates: CertificatePair;
  /** RSA-PSS public key, usage `verify`. */
  readonly verifyKey: CryptoKey;
  /** RSA-OAEP public key, usage `encrypt`. */
  readonly encryptionKey: CryptoKey;
  /** H(SPKI DER) of the encryption key. */
  readonly keyId: KeyId;
  readonly signingFingerprint: CertificateFingerprint;
  readonly encryptionFingerprint: CertificateFingerprint;
  /** SPKI DER of the signing key. */
  readonly signingSpki: Bytes;
}

/**
 * Accepts a pair of certificates (protocol page, section 2), or throws `certificate_untrusted`, `certificate_expired`,
 * `certificate_revoked` or `revocation_status_unknown`. `now` is in Unix seconds. Made by `pki/verifier.ts`, guarded by `VerifiedPeers`.
 */
export type VerifyCertificates = (pair: CertificatePair, now: number) => Promise<PeerIdentity>;
