import { acceptCertificate } from '../../pki/accept-pair.ts';
import { readCaCertificate } from '../../pki/ca-certificate.ts';
import { readRsaPublicKey } from '../../pki/rsa-public-key.ts';
import { type Bytes, equalConstantTime } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import { verifyPss } from '../../protocol/crypto/signatures.ts';
import { GroupError } from '../codes.ts';
import { credentialToBeSigned, type GroupCredential } from './credential.ts';

/** A certificate by its hash: DER, or `unknown` when the Controller's answer that it has never issued it is final. */
export type FoundCertificate = Bytes | 'unknown';

/** A signing certificate that vouches for leaves. Times are in Unix seconds. */
export interface SigningCertificate {
  readonly agentId: string;
  /** SPKI DER of the RSA key. */
  readonly spki: Bytes;
  /** RSA-PSS, usage `verify`. */
  readonly key: CryptoKey;
  /** Lowercase hex. */
  readonly serial: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/**
 * Returns what a certificate says when it is a signing certificate of the protocol page, section 2, in everything but time and revocation.
 * `authorities` are the DER of every CA that was ever pinned here. Throws `certificate_unknown`, `certificate_hash_mismatch` and
 * `certificate_not_accepted`.
 */
export async function checkCertificate(
  hash: Bytes,
  found: FoundCertificate,
  authorities: readonly Bytes[],
): Promise<SigningCertificate> {
  if (found === 'unknown') {
    throw new GroupError('certificate_unknown', 'The Controller has issued no certificate of this hash.');
  }
  if (!equalConstantTime(await sha256(crypto.subtle, found), hash)) {
    throw new GroupError('certificate_hash_mismatch', 'The certificate is not the one that the credential names.');
  }
  for (const authority of authorities) {
    const accepted = await acceptCertificate(readCaCertificate(authority), found, 'signing');
    const rsa = accepted && (await readRsaPublicKey(accepted.spki, 'signing'));
    if (accepted !== undefined && rsa !== undefined) return { ...accepted, key: rsa.key };
  }
  throw new GroupError('certificate_not_accepted', 'The certificate is no signing certificate of a pinned Controller.');
}

/**
 * Checks that a credential is *valid* for a leaf's signature key (groups page, section 2): the same for everyone at any time. Throws what
 * `checkCertificate` throws, `certificate_of_another_agent`, `credential_outlives_certificate` and `credential_signature_invalid`.
 */
export async function checkCredential(
  credential: GroupCredential,
  signatureKey: Bytes,
  evidence: { readonly certificate: FoundCertificate; readonly authorities: readonly Bytes[] },
): Promise<SigningCertificate> {
  const certificate = await checkCertificate(credential.certificate, evidence.certificate, evidence.authorities);
  if (certificate.agentId !== credential.agentId) {
    throw new GroupError('certificate_of_another_agent', 'The certificate names another agent than the credential.');
  }
  if (credential.notAfter > certificate.notAfter) {
    throw new GroupError('credential_outlives_certificate', 'A credential ends after its certificate.');
  }
  const covered = credentialToBeSigned(credential, signatureKey);
  if (!(await verifyPss(crypto.subtle, certificate.key, credential.signature, covered))) {
    throw new GroupError('credential_signature_invalid', 'The certificate’s key did not sign this credential and key.');
  }
  return certificate;
}
