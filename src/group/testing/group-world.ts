import { type Authority, createCaCertificate, issueCertificates } from '../../pki/authority.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import { signPss } from '../../protocol/crypto/signatures.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { GroupError } from '../codes.ts';
import type { FoundCertificate } from '../credential/check-credential.ts';
import type { CredentialClaims } from '../credential/credential.ts';

/** The clock of these tests, in Unix seconds. */
export const now = 1_790_000_000;
export const day = 86_400;
export const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));

/** An agent whose signing certificate a Controller issued. */
export interface GroupAgent {
  readonly agentId: string;
  readonly pair: CryptoKeyPair;
  readonly certificate: Bytes;
  readonly serial: string;
  /** What its next credential says, for 30 days from `now`. */
  claims(change?: Partial<CredentialClaims>): CredentialClaims;
  sign(data: Bytes): Promise<Bytes>;
}

/** A Controller of its own with the agents that it has certified. */
export class GroupWorld {
  readonly authority: Authority;
  /** All that it has issued, by hash in base64. */
  readonly certificates = new Map<string, FoundCertificate>();
  readonly #agents = new Map<string, GroupAgent>();

  private constructor(authority: Authority) {
    this.authority = authority;
  }

  static async create(name = 'Parley'): Promise<GroupWorld> {
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
    const certificate = await createCaCertificate({ keys, name, lifetime: 3_650 * day, now, random });
    return new GroupWorld({ signingKey: keys.privateKey, certificate });
  }

  get evidence() {
    return { authorities: [this.authority.certificate], certificates: this.certificates };
  }

  /** Returns the agent of this name, which is registered with a key of its own when it is asked for first. */
  async agent(agentId: string): Promise<GroupAgent> {
    const known = this.#agents.get(agentId);
    if (known !== undefined) return known;
    const agent = await this.certify(agentId, await signingPair());
    this.#agents.set(agentId, agent);
    return agent;
  }

  /** Issues an agent another certificate for a key that it has. `lifetime` in seconds. */
  async certify(agentId: string, pair: CryptoKeyPair, lifetime = 60 * day): Promise<GroupAgent> {
    const spki = await spkiOf(pair);
    const subject = { agentId, address: 'https://agents.test', crlUrl: 'https://controller.test/controller/crl' };
    const keys = { signingSpki: spki, encryptionSpki: spki };
    const issued = await issueCertificates(this.authority, { ...subject, ...keys, lifetime }, { now, random });
    const { signing } = issued.certificates;
    const hash = await sha256(crypto.subtle, signing);
    this.certificates.set(encodeBase64(hash), signing);
    const encryptionHash = await sha256(crypto.subtle, issued.certificates.encryption);
    this.certificates.set(encodeBase64(encryptionHash), issued.certificates.encryption);
    return {
      agentId,
      pair,
      certificate: signing,
      serial: issued.serials[0],
      claims: (change) => ({ agentId, certificate: hash, notBefore: now, notAfter: now + 30 * day, ...change }),
      sign: (data) => signPss(crypto.subtle, pair.privateKey, data),
    };
  }
}

/** Makes an RSA-PSS pair as agents have it. */
export async function signingPair(bits = 2_048): Promise<CryptoKeyPair> {
  const algorithm = { name: 'RSA-PSS', hash: 'SHA-256', modulusLength: bits, publicExponent: Uint8Array.of(1, 0, 1) };
  const pair = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new Error('An RSA key comes in pairs.');
  return pair;
}

/** Returns the SPKI DER of a pair. */
async function spkiOf({ publicKey }: CryptoKeyPair): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey('spki', publicKey));
}

/** Returns the code of the groups page that `act` is refused with, or `accepted`. Any other error goes on. */
export async function groupCodeOf(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (error instanceof GroupError) return error.code;
    throw error;
  }
  return 'accepted';
}
