import { acceptCertificate } from '../../pki/accept-pair.ts';
import { readCaCertificate } from '../../pki/ca-certificate.ts';
import { readRsaPublicKey } from '../../pki/rsa-public-key.ts';
import { type Bytes, equalConstantTime, toHex } from '../../protocol/bytes.ts';
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

/** A certificate that was accepted, with the bytes that it was read from. */
interface Accepted {
  readonly der: Bytes;
  readonly certificate: SigningCertificate;
}

/**
 * What each CA was found to have issued, by H(DER) in hex: whether that holds depends on nothing else, and an agent asks it of every
 * member before each message that it sends. As many as sixteen groups of the largest size have.
 */
const acceptedBy = new WeakMap<Bytes, Map<string, Accepted>>();
const mostAccepted = 4_096;

/**
 * Returns what a certificate says when it is a signing certificate of the protocol page, section 2, in everything but time and revocation.
 * `authorities` are the DER of every CA that was ever pinned here, which nobody changes. Throws `certificate_unknown`,
 * `certificate_hash_mismatch` and `certificate_not_accepted`.
 */
export async function checkCertificate(
  hash: Bytes,
  found: FoundCertificate,
  authorities: readonly Bytes[],
): Promise<SigningCertificate> {
  if (found === 'unknown') {
    throw new GroupError('certificate_unknown', 'The Controller has issued no certificate of this hash.');
  }
  const id = toHex(hash);
  for (const authority of authorities) {
    const known = acceptedBy.get(authority)?.get(id);
    if (known !== undefined && equalConstantTime(known.der, found)) return known.certificate;
  }
  if (!equalConstantTime(await sha256(crypto.subtle, found), hash)) {
    throw new GroupError('certificate_hash_mismatch', 'The certificate is not the one that the credential names.');
  }
  for (const authority of authorities) {
    const accepted = await acceptCertificate(readCaCertificate(authority), found, 'signing');
    const rsa = accepted && (await readRsaPublicKey(accepted.spki, 'signing'));
    if (accepted === undefined || rsa === undefined) continue;
    const certificate = { ...accepted, key: rsa.key };
    remember(authority, id, { der: found.slice(), certificate });
    return certificate;
  }
  throw new GroupError('certificate_not_accepted', 'The certificate is no signing certificate of a pinned Controller.');
}

/** Remembers a certificate in place of the one that was remembered first. */
function remember(authority: Bytes, id: string, accepted: Accepted): void {
  const known = acceptedBy.get(authority) ?? new Map<string, Accepted>();
  acceptedBy.set(authority, known.set(id, accepted));
  const [oldest] = known.keys();
  if (known.size > mostAccepted && oldest !== undefined) known.delete(oldest);
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
