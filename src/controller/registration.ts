import * as v from 'valibot';
import { LimitReached } from '../http/limit-reached.ts';
import { issueCertificates } from '../pki/authority.ts';
import { readCaCertificate } from '../pki/ca-certificate.ts';
import { readCertificateRequest } from '../pki/certificate-request.ts';
import { readRsaPublicKey } from '../pki/rsa-public-key.ts';
import { type Bytes, concat, equalConstantTime, toHex, wipe } from '../protocol/bytes.ts';
import { sha256 } from '../protocol/crypto/hash.ts';
import { encryptOaep } from '../protocol/crypto/rsa-oaep.ts';
import { verifyPss } from '../protocol/crypto/signatures.ts';
import { ParleyError } from '../protocol/errors.ts';
import { limits } from '../protocol/limits.ts';
import { canonicalBytes, without } from '../protocol/wire/canonical.ts';
import { label } from '../protocol/wire/label.ts';
import { agentId, bytesBetween, bytesOf, rsaBytes, timestamp } from '../protocol/wire/members.ts';
import type { Parsed } from '../protocol/wire/parse.ts';
import { isAgentAddress } from './address.ts';
import { type Applicant, refusals } from './applicant.ts';
import { storedCertificate } from './certificate-hash.ts';
import { type ControllerContext, checkFresh, checkRecipient } from './context.ts';
import { controllerName } from './names.ts';
import { type NameLimits, NewNames } from './new-names.ts';
import { keyFingerprint } from './notices.ts';
import { withRenewal } from './pairs.ts';
import type { AgentRecord, IssuedCertificate, PendingRegistration } from './store.ts';
import { UnderWay } from './under-way.ts';

/** Seconds a registration waits for its confirmation (protocol page, section 6). */
const pendingFor = limits.registration;
/** Superseded certificates of an agent that renews no more often than it has to: two pairs. */
const fewSuperseded = 4;
/** Seconds between looks for registrations and signatures whose time is over. */
const cleanEvery = 30;
/** Seconds a certificate lives (protocol page, section 2). */
const certificateLifetime = limits.certificateLifetime;
/** Bytes of a DER key or request: far above what 4096 bits need. */
const derLimit = 4_096;

/** Body of `POST /controller/register`. */
export const registerBody = v.strictObject({
  agent_id: agentId,
  address: v.pipe(v.string(), v.check(isAgentAddress, 'expected a base URL such as https://localhost:5001')),
  csr: bytesBetween(1, derLimit),
  encryption_key: bytesBetween(1, derLimit),
  controller: controllerName,
  timestamp,
  signature: rsaBytes,
});

/** Body of `POST /controller/register/<registration_id>/confirm`. */
export const confirmBody = v.strictObject({ challenge_response: bytesOf(32) });

/** Registers agents in two steps: a signed request, then the proof that the encryption key is held too. */
export class Registrations {
  readonly #context: ControllerContext;
  readonly #limits: NameLimits;
  readonly #underWay = new UnderWay();
  readonly #newNames: NewNames;
  /** Unix seconds of the last look for what has ended. */
  #cleanedAt = 0;

  constructor(context: ControllerContext, limits: NameLimits) {
    this.#context = context;
    this.#limits = limits;
    this.#newNames = new NewNames(limits.perAddressAndHour);
  }

  /**
   * Checks who signed the request, and asks for the proof of the encryption key. `challenge` is RSA-OAEP of 32 bytes.
   * Newcomers who are not welcome get `not_authorized`; a key that has registered before may always renew. The other codes
   * are those of the protocol page, section 6, in its order.
   */
  async start(
    { json, value }: Parsed<v.InferOutput<typeof registerBody>>,
    applicant: Applicant,
  ): Promise<{ readonly registrationId: string; readonly challenge: Bytes }> {
    const { store, random, now } = this.#context;
    const { subtle } = crypto;
    checkRecipient(this.#context, value.controller);
    checkFresh(this.#context, value.timestamp);
    const signatureHash = toHex(await sha256(subtle, value.signature));
    if (await store.hasSignature(signatureHash)) throw replayed();
    const { agentId: subject, signingSpki } = await readCertificateRequest(value.csr);
    if (subject !== value.agent_id) {
      throw new ParleyError(
        'identity_mismatch',
        'The subject CN of the csr is not the agent_id. Make the csr for this agent_id.',
      );
    }
    const signed = concat(label('register'), canonicalBytes(without(json, 'signature')));
    const signingKey = await readRsaPublicKey(signingSpki, 'signing');
    if (signingKey === undefined || !(await verifyPss(subtle, signingKey.key, value.signature, signed))) {
      throw new ParleyError(
        'signature_invalid',
        'The signature is not the one of the csr’s key over this registration.',
      );
    }
    const encryptionKey = await readRsaPublicKey(value.encryption_key, 'encryption');
    if (encryptionKey === undefined) {
      throw new ParleyError(
        'malformed_message',
        'The encryption_key is not an RSA key of 2048 to 4096 bits with e = 65537.',
      );
    }
    if (toHex(signingSpki) === toHex(value.encryption_key)) {
      throw new ParleyError('malformed_message', 'One key cannot both sign and encrypt. Make a second pair.');
    }
    const registered = await store.agent(value.agent_id);
    checkMayRegister(registered, signingSpki);
    if (registered === undefined) await this.#checkNewcomer(value.agent_id, signingSpki, applicant);
    if (!(await store.addSignature(signatureHash, value.timestamp + 2 * limits.freshness))) throw replayed();

    const secret = random(32);
    const keyId = await keyFingerprint(signingSpki);
    const registrationId = keyId + toHex(random(16));
    const bound = canonicalBytes([registrationId, value.controller]);
    const response = await sha256(subtle, concat(label('registration'), bound, secret));
    const challenge = await encryptOaep(subtle, encryptionKey.key, secret);
    const expiresAt = now() + pendingFor;
    if (applicant.address !== undefined) {
      const waiting = { id: registrationId, address: applicant.address, expiresAt };
      for (const id of this.#underWay.add(keyId, waiting, now())) await store.takeRegistration(id);
    }
    await store.putRegistration({
      id: registrationId,
      keyId,
      agentId: value.agent_id,
      address: value.address,
      signingSpki,
      encryptionSpki: value.encryption_key,
      responseHash: await sha256(subtle, response),
      expiresAt,
    });
    wipe(secret, response);
    await this.#clean();
    return { registrationId, challenge };
  }

  /**
   * Confirms a registration: issues the certificates and records the agent. Whatever the result, the registration has
   * ended. `isRenewal` is true for an agent that had registered before.
   */
  async confirm(
    registrationId: string,
    body: v.InferOutput<typeof confirmBody>,
    address: string | undefined,
  ): Promise<{ readonly record: AgentRecord; readonly isRenewal: boolean }> {
    const { store, now, lists } = this.#context;
    const pending = await store.takeRegistration(registrationId);
    if (pending === undefined || pending.expiresAt < now()) {
      throw new ParleyError('unknown_registration', 'No such registration is under way. Register again.');
    }
    this.#underWay.end(pending.keyId, registrationId);
    if (!equalConstantTime(await sha256(crypto.subtle, body.challenge_response), pending.responseHash)) {
      throw new ParleyError('challenge_failed', 'The challenge_response is not the right one. Register again.');
    }
    const before = await store.agent(pending.agentId);
    if (address !== undefined && before === undefined) {
      this.#newNames.check(address, now());
      this.#newNames.count(address, now());
    }
    const { record, pair } = await issueFor(this.#context, pending);
    let supersedes = false;
    const renewed = (current: AgentRecord | undefined): AgentRecord => {
      checkMayRegister(current, pending.signingSpki);
      const at = now();
      const issued = withRenewal(current?.issued ?? [], pair, at);
      supersedes = issued.some(({ revoked }) => revoked?.at === at);
      const superseded = issued.filter(({ revoked }) => revoked?.reason === 'superseded').length;
      if (supersedes && this.#isListLong(superseded <= fewSuperseded)) throw tooManyRenewals();
      return { ...record, issued };
    };
    // Certificates are stored for ever: none of a renewal that is refused.
    renewed(before);
    const { signing, encryption } = record.certificates;
    await store.keepCertificates(await Promise.all([signing, encryption].map(storedCertificate)));
    await store.updateAgent(pending.agentId, renewed);
    if (supersedes) await lists.renew();
    return { record, isRenewal: before !== undefined };
  }

  /**
   * True when a renewal has to wait: an eighth of each limit is reserved for agents that have superseded few
   * certificates.
   */
  #isListLong(hasFew: boolean): boolean {
    const { lists } = this.#context;
    const part = (limit: number) => (hasFew ? limit : limit - Math.floor(limit / 8));
    return lists.superseded >= part(this.#limits.superseded) || lists.listed >= part(this.#limits.listed);
  }

  async #checkNewcomer(agentId: string, signingSpki: Bytes, applicant: Applicant): Promise<void> {
    const { store, now } = this.#context;
    const { newcomers, address, ticket } = applicant;
    const refused = () =>
      new ParleyError('not_authorized', refusals[newcomers === 'welcome' ? 'without token' : newcomers]);
    const who = toHex(await sha256(crypto.subtle, concat(new TextEncoder().encode(`${agentId} `), signingSpki))).slice(
      0,
      32,
    );
    if (newcomers !== 'welcome' && (await ticket?.wouldAdmit(who)) !== true) throw refused();
    if (address !== undefined) this.#newNames.check(address, now());
    if ((await store.countAgents(signingSpki)) >= this.#limits.perKey) {
      throw new LimitReached(
        'names_per_key',
        `One signing key can have at most ${this.#limits.perKey} agent_ids here. Make another key, or let the operator delete unused names.`,
        { code: 'not_permitted' },
      );
    }
    if ((await store.countAgents()) >= this.#limits.total) {
      throw new LimitReached(
        'agents',
        'This Controller has as many agents as it can hold. Its operator can delete unused names.',
        { retryAfter: 3_600 },
      );
    }
    // Whoever is refused for another reason has used nothing up.
    if (newcomers !== 'welcome' && (await ticket?.admit(who)) !== true) throw refused();
  }

  async #clean(): Promise<void> {
    const { store, now } = this.#context;
    if (Math.abs(now() - this.#cleanedAt) < cleanEvery) return;
    this.#cleanedAt = now();
    await store.dropExpired(now());
  }
}

/** Only who has four pairs already is kept waiting: nobody renews so often without need. */
function tooManyRenewals(): ParleyError {
  return new LimitReached(
    'renewals',
    'This agent has four pairs of certificates, and the revocation list can name no more that were renewed. Use the newest.',
    { retryAfter: 86_400 },
  );
}

function replayed(): ParleyError {
  return new ParleyError('replayed_nonce', 'This registration was received before. Sign another one.');
}

async function issueFor(
  context: ControllerContext,
  pending: PendingRegistration,
): Promise<{ readonly record: AgentRecord; readonly pair: readonly [IssuedCertificate, IssuedCertificate] }> {
  const { agentId: id, address, signingSpki, encryptionSpki } = pending;
  const now = context.now();
  const authority = await context.authority();
  const caEnd = readCaCertificate(authority.certificate).notAfter.getTime() / 1_000;
  if (caEnd <= now) {
    throw new ParleyError(
      'certificate_expired',
      'The CA of this Controller has expired. Its operator has to make a new one.',
    );
  }
  // No certificate outlives the CA that vouches for it.
  const lifetime = Math.min(certificateLifetime, Math.floor(caEnd) - now);
  const { certificates, serials } = await issueCertificates(
    authority,
    {
      agentId: id,
      address,
      signingSpki,
      encryptionSpki,
      crlUrl: `${context.baseUrl}/controller/crl`,
      lifetime,
    },
    { now, random: context.random },
  );
  const notAfter = now + lifetime;
  return {
    record: { agentId: id, address, signingSpki, certificates, issued: [] },
    pair: [
      { serial: serials[0], notAfter },
      { serial: serials[1], notAfter },
    ],
  };
}

/** An agent_id belongs to the first key that registered it, and to nobody after its revocation. */
function checkMayRegister(current: AgentRecord | undefined, signingSpki: Bytes): void {
  if (current === undefined || current.deletedAt !== undefined) return;
  if (toHex(current.signingSpki) !== toHex(signingSpki)) {
    throw new ParleyError('agent_id_taken', 'Another key has registered this agent_id. Choose another one.');
  }
  if (current.revoked !== undefined) {
    throw new ParleyError(
      'certificate_revoked',
      'This agent was revoked. Make new keys and register another agent_id.',
    );
  }
}
