import { issueCertificates, issueRevocationList, type RevokedSerial } from '../../pki/authority.ts';
import { describeCertificate } from '../../pki/describe.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { CertificatePair } from '../../protocol/handshake/identity.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { AgentStore, StoredIdentity } from '../contracts/ports.ts';
import type { Tamper, TestWorld } from './world.ts';

/** What the Controller's CA says from now on, in place of what the Controller has stored. */
export class SaidByCa {
  readonly #world: TestWorld;
  readonly #listed = new Map<string, RevokedSerial>();
  #number = 1_000;
  readonly #entries = new Map<string, unknown>();

  constructor(world: TestWorld) {
    this.#world = world;
  }

  /** Goes between the agents and the Controller; everything else goes to `rest`. */
  tamper(rest: Tamper = (request, next) => next(request)): Tamper {
    return async (request, next) => {
      const { pathname } = new URL(request.url);
      if (pathname === '/controller/crl' && this.#listed.size > 0) return new Response(await this.#list());
      const response = await rest(request, next);
      const replaced = this.#entries.get(pathname);
      return replaced === undefined || !response.ok
        ? response
        : Response.json({ ...(await response.json()), certificate: replaced });
    };
  }

  /** Puts both certificates of an agent on the CRL. */
  async list(agent: Required<Pick<StoredIdentity, 'registration'>>, reason: RevokedSerial['reason']): Promise<void> {
    const { signing, encryption } = agent.registration.certificates;
    const revokedAt = Math.floor(this.#world.clock.now() / 1_000);
    for (const der of [signing, encryption]) {
      const { serial } = await describeCertificate(der);
      this.#listed.set(serial, { serial, revokedAt, reason });
    }
  }

  /** Issues the same keys of an agent a second pair of certificates, which the directory shows from now on. */
  async renew(identity: StoredIdentity): Promise<CertificatePair> {
    const spki = async ({ publicKey }: CryptoKeyPair): Promise<Bytes> =>
      new Uint8Array(await crypto.subtle.exportKey('spki', publicKey));
    const { certificates } = await issueCertificates(
      await this.#authority(),
      {
        agentId: identity.agentId,
        address: identity.address,
        signingSpki: await spki(identity.signing),
        encryptionSpki: await spki(identity.encryption),
        crlUrl: 'https://controller.test/controller/crl',
        lifetime: 30 * 86_400,
      },
      { now: Math.floor(this.#world.clock.now() / 1_000), random: this.#world.environment.random },
    );
    this.#entries.set(`/controller/agents/${identity.agentId}`, {
      signing: encodeBase64(certificates.signing),
      encryption: encodeBase64(certificates.encryption),
    });
    return certificates;
  }

  async #list(): Promise<Bytes> {
    const thisUpdate = Math.floor(this.#world.clock.now() / 1_000);
    const number = this.#number++;
    const input = { number, thisUpdate, nextUpdate: thisUpdate + 3_600, revoked: [...this.#listed.values()] };
    return issueRevocationList(await this.#authority(), input);
  }

  async #authority() {
    const authority = await this.#world.controllerStore.loadAuthority();
    if (authority === undefined) throw new TypeError('The Controller has no CA yet.');
    return authority;
  }
}

/** What an agent has stored of itself, once it has registered. */
export async function registered(store: AgentStore) {
  const identity = await store.loadIdentity();
  if (identity?.registration === undefined) throw new TypeError('This agent has not registered.');
  return { ...identity, registration: identity.registration };
}
