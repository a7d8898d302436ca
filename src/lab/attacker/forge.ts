import type { StoredIdentity } from '../../agent/contracts/ports.ts';
import { createCaCertificate, issueCertificates } from '../../pki/authority.ts';
import { createCertificateVerifier } from '../../pki/verifier.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { generated } from '../../protocol/crypto/key-generation.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { CertificatePair, PeerIdentity } from '../../protocol/handshake/identity.ts';
import { type LabAgent, type LabWorld, random } from '../run/world.ts';

/** Keys and certificates that the attacker can sign with. */
export interface Forger {
  readonly certificates: CertificatePair;
  readonly signing: CryptoKeyPair;
  readonly encryption: CryptoKeyPair;
}

const monthSeconds = 30 * 86_400;

/** Makes certificates for `agentId` over keys of the attacker's, issued by a CA of the attacker's. */
export async function forgeWithOwnCa(world: LabWorld, agentId: string, address: string): Promise<Forger> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const keys = await generated(() => crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']));
  const now = seconds(world);
  const certificate = await createCaCertificate({
    name: 'Parley Controller',
    keys,
    lifetime: monthSeconds,
    now,
    random,
  });
  return forge(world, { signingKey: keys.privateKey, certificate }, agentId, address);
}

/** Makes certificates for `agentId` over keys of the attacker's, issued by a Controller that has gone bad. */
export async function forgeWithController(world: LabWorld, agentId: string, address: string): Promise<Forger> {
  return forge(world, await authorityOf(world), agentId, address);
}

async function forge(
  world: LabWorld,
  authority: { readonly signingKey: CryptoKey; readonly certificate: Bytes },
  agentId: string,
  address: string,
): Promise<Forger> {
  const generate = world.keys.generatorFor('forger');
  const [signing, encryption] = await Promise.all([generate('signing', 2_048), generate('encryption', 2_048)]);
  const [signingSpki, encryptionSpki] = await Promise.all([spki(signing), spki(encryption)]);
  const subject = { agentId, address, signingSpki, encryptionSpki, crlUrl: `${address}/crl`, lifetime: monthSeconds };
  const { certificates } = await issueCertificates(authority, subject, { now: seconds(world), random });
  return { certificates, signing, encryption };
}

/**
 * Returns the identity that an agent of the lab stores, which only its owner can read. Throws `not_registered` when
 * it has none.
 */
export async function identityOf({ store }: LabAgent): Promise<StoredIdentity & Forger> {
  const stored = await store.loadIdentity();
  if (stored?.registration === undefined)
    throw new ParleyError('not_registered', 'This agent of the lab has no certificates.');
  return { ...stored, certificates: stored.registration.certificates };
}

/** Returns an agent as its peers see it, from its certificates. */
export async function asPeer(world: LabWorld, certificates: CertificatePair): Promise<PeerIdentity> {
  const { certificate } = await authorityOf(world);
  const verify = createCertificateVerifier({
    caCertificate: certificate,
    revocation: () => undefined,
    unknownStatus: 'accept',
  });
  return verify(certificates, seconds(world));
}

/**
 * Returns the Controller's own key: only a Controller that has gone bad would use it so. Throws `not_found` before
 * the Controller has a CA.
 */
export async function authorityOf(world: LabWorld) {
  const authority = await world.controllerStore.loadAuthority();
  if (authority === undefined) throw new ParleyError('not_found', 'The Controller of the lab has no CA yet.');
  return authority;
}

async function spki({ publicKey }: CryptoKeyPair): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey('spki', publicKey));
}

function seconds({ clock }: LabWorld): number {
  return Math.floor(clock.now() / 1_000);
}
