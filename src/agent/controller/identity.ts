import { createCertificateRequest } from '../../pki/certificate-request.ts';
import { describeCertificate } from '../../pki/describe.ts';
import { type AgentId, type Bytes, toHex } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { asParleyError, type ErrorCode, ParleyError } from '../../protocol/errors.ts';
import type { OwnIdentity, VerifyCertificates } from '../../protocol/handshake/identity.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { AgentStore, GenerateRsa, StoredIdentity, StoredRegistration } from '../contracts/ports.ts';
import type { IdentityView } from '../contracts/views.ts';
import type { ControllerClient } from './client.ts';
import { lifetimeOf } from './renewal.ts';

const keyBits = 3_072;

/**
 * Loads the stored identity, or makes a new one with two non-extractable RSA pairs; `progress` is told of each pair
 * made.
 */
export async function loadOrCreateIdentity(
  store: AgentStore,
  generate: GenerateRsa,
  input: { readonly agentId: AgentId; readonly address: string; readonly now: number },
  progress: (made: number, of: number) => void,
): Promise<StoredIdentity> {
  const stored = await store.loadIdentity();
  if (stored !== undefined) {
    if (stored.agentId !== input.agentId) {
      throw new ParleyError(
        'storage_failed',
        'The stored keys belong to another agent. Nothing was changed. Use the agent_id that they were made for.',
      );
    }
    return stored;
  }
  progress(0, 2);
  const signing = await generate('signing', keyBits);
  progress(1, 2);
  const encryption = await generate('encryption', keyBits);
  progress(2, 2);
  const identity = { agentId: input.agentId, address: input.address, createdAt: input.now, signing, encryption };
  await store.saveIdentity(identity);
  // What a store had to write to a file comes back from it so that nobody can take it out again.
  return signing.privateKey.extractable ? ((await store.loadIdentity()) ?? identity) : identity;
}

/** Codes of a Controller that cannot be asked, or has no answer, just now: certificates that still hold are used meanwhile. */
const passing: readonly ErrorCode[] = [
  'controller_unreachable',
  'tls_untrusted',
  'rate_limited',
  'unavailable',
  'internal_error',
  'unknown_registration',
];

/**
 * Returns the registration to start with: the stored one, or a new one by `renew` when there is none, the address is
 * another, or the certificates are due. Where a due renewal fails because the Controller cannot be asked, those that
 * still hold are used. `now` in Unix seconds.
 */
export async function currentRegistration(
  { registration, address: registeredAddress }: StoredIdentity,
  address: string,
  now: number,
  renew: () => Promise<StoredRegistration>,
): Promise<StoredRegistration> {
  if (registration === undefined || registeredAddress !== address) return renew();
  const { renewAt, notAfter } = await lifetimeOf(registration);
  if (now < renewAt) return registration;
  try {
    return await renew();
  } catch (cause) {
    if (now < notAfter && passing.includes(asParleyError(cause).code)) return registration;
    throw cause;
  }
}

/** Registers or renews at the Controller: proof of possession of both keys (protocol page, section 6). `now` in Unix seconds. */
export async function register(
  controller: ControllerClient,
  subtle: Subtle,
  identity: StoredIdentity,
  address: string,
  now: number,
): Promise<StoredRegistration> {
  const [csr, encryptionSpki] = await Promise.all([
    createCertificateRequest({ agentId: identity.agentId, signingKeys: identity.signing }),
    exportSpki(subtle, identity.encryption.publicKey),
  ]);
  return controller.register({
    agentId: identity.agentId,
    address,
    csr,
    encryptionSpki,
    signingKey: identity.signing.privateKey,
    decryptionKey: identity.encryption.privateKey,
    now,
  });
}

/**
 * Returns this agent as the handshake needs it. Throws `certificate_untrusted` or `identity_mismatch` when the
 * Controller's certificates are not for these keys.
 */
export async function ownIdentity(
  subtle: Subtle,
  identity: StoredIdentity,
  registration: StoredRegistration,
  verifyCertificates: VerifyCertificates,
  now: number,
): Promise<OwnIdentity> {
  const verified = await verifyCertificates(registration.certificates, now);
  const spki = await exportSpki(subtle, identity.signing.publicKey);
  const ownKeyId = await sha256(subtle, await exportSpki(subtle, identity.encryption.publicKey));
  const same =
    verified.agentId === identity.agentId &&
    toHex(verified.signingSpki) === toHex(spki) &&
    toHex(verified.keyId) === toHex(ownKeyId);
  if (!same) {
    throw new ParleyError(
      'identity_mismatch',
      'The Controller certified other keys than this agent’s. Nothing was sent.',
    );
  }
  return {
    agentId: verified.agentId,
    certificates: registration.certificates,
    signingKey: identity.signing.privateKey,
    decryptionKey: identity.encryption.privateKey,
    keyId: verified.keyId,
  };
}

/** Returns the identity as a person is shown it. */
export async function identityView(
  identity: StoredIdentity,
  registration: StoredRegistration,
  address: string,
): Promise<IdentityView> {
  const [signing, encryption, ca] = await Promise.all([
    describeCertificate(registration.certificates.signing),
    describeCertificate(registration.certificates.encryption),
    describeCertificate(registration.caCertificate),
  ]);
  return {
    agentId: identity.agentId,
    address,
    signingFingerprint: signing.fingerprint,
    encryptionFingerprint: encryption.fingerprint,
    signingSerial: signing.serial,
    encryptionSerial: encryption.serial,
    keyBits: signing.keyBits,
    notBefore: signing.notBefore,
    notAfter: signing.notAfter,
    caNotAfter: ca.notAfter,
    caFingerprint: ca.fingerprint,
    caCertificate: encodeBase64(registration.caCertificate),
  };
}

/** Returns the SPKI DER of a public key. */
export async function exportSpki(subtle: Subtle, key: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await subtle.exportKey('spki', key));
}
