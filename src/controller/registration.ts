import * as v from 'valibot';
import { issueCertificates } from '../pki/authority.ts';
import { readCertificateRequest } from '../pki/certificate-request.ts';
import { readRsaPublicKey } from '../pki/rsa-public-key.ts';
import { type Bytes, concat, equalConstantTime, toHex, wipe } from '../protocol/bytes.ts';
import { sha256 } from '../protocol/crypto/hash.ts';
import { encryptSessionKeyForPeer } from '../protocol/crypto/session-key.ts';
import { ParleyError } from '../protocol/errors.ts';
import { label } from '../protocol/wire/label.ts';
import { agentId, bytesBetween, bytesOf } from '../protocol/wire/members.ts';
import { isAgentAddress } from './address.ts';
import { storedCertificate } from './certificate-hash.ts';
import type { ControllerContext } from './context.ts';
import { withRenewal } from './pairs.ts';
import { renewRevocationList } from './revocation-lists.ts';
import type { AgentRecord, IssuedCertificate, PendingRegistration } from './store.ts';

/** Seconds a registration waits for its confirmation (protocol page, section 6). */
const pendingFor = 60;
/** Seconds a certificate lives (protocol page, section 2). */
const certificateLifetime = 30 * 86_400;
/** Bytes of a DER key or request: far above what 4096 bits need. */
const derLimit = 4_096;

/** Body of `POST /controller/register`. */
export const registerBody = v.strictObject({
  agent_id: agentId,
  address: v.pipe(v.string(), v.check(isAgentAddress, 'expected a base URL such as https://localhost:5001')),
  csr: bytesBetween(1, derLimit),
  encryption_key: bytesBetween(1, derLimit),
});

/** Body of `POST /controller/register/<registration_id>/confirm`. */
export const confirmBody = v.strictObject({ challenge_response: bytesOf(32) });

/** Whether agents that have not registered before are welcome, and what they lack. */
export type Newcomers = 'welcome' | 'without token' | 'with a wrong token';

const refusals = {
  'without token': 'New agents need a registration token here. Ask whoever runs this Controller for one.',
  'with a wrong token': 'This registration token is not one that this Controller takes. Check it, or ask for another.',
} as const;

/**
 * Checks the proof of the signing key and asks for that of the encryption key. `challenge` is RSA-OAEP of 32 bytes. Newcomers
 * who are not welcome get `not_authorized`; a key that has registered before may always renew.
 */
export async function startRegistration(
  context: ControllerContext,
  body: v.InferOutput<typeof registerBody>,
  newcomers: Newcomers,
): Promise<{ readonly registrationId: string; readonly challenge: Bytes }> {
  const { store, random, now } = context;
  const request = await readCertificateRequest(body.csr);
  if (request.agentId !== body.agent_id) {
    throw new ParleyError(
      'identity_mismatch',
      'The subject CN of the csr is not the agent_id. Make the csr for this agent_id.',
    );
  }
  const encryptionKey = await readRsaPublicKey(body.encryption_key, 'encryption');
  if (encryptionKey === undefined) {
    throw new ParleyError(
      'malformed_message',
      'The encryption_key is not an RSA key of 2048 to 4096 bits with e = 65537.',
    );
  }
  if (toHex(request.signingSpki) === toHex(body.encryption_key)) {
    throw new ParleyError('malformed_message', 'One key cannot both sign and encrypt. Make a second pair.');
  }
  const registered = await store.agent(body.agent_id);
  checkMayRegister(registered, request.signingSpki);
  if (registered === undefined && newcomers !== 'welcome') throw new ParleyError('not_authorized', refusals[newcomers]);
  await store.dropExpired(now());
  const { subtle } = crypto;
  const secret = random(32);
  const response = await sha256(subtle, concat(label('registration'), secret));
  const challenge = await encryptSessionKeyForPeer(subtle, encryptionKey.key, secret);
  const keyId = toHex(await sha256(subtle, request.signingSpki)).slice(0, 32);
  const registrationId = keyId + toHex(random(16));
  await store.putRegistration({
    id: registrationId,
    keyId,
    agentId: body.agent_id,
    address: body.address,
    signingSpki: request.signingSpki,
    encryptionSpki: body.encryption_key,
    responseHash: await sha256(subtle, response),
    expiresAt: now() + pendingFor,
  });
  wipe(secret, response);
  return { registrationId, challenge };
}

/** One try: whatever comes of it, the registration is over. Issues the certificates and records the agent. */
export async function confirmRegistration(
  context: ControllerContext,
  registrationId: string,
  body: v.InferOutput<typeof confirmBody>,
): Promise<AgentRecord> {
  const { store, now } = context;
  const pending = await store.takeRegistration(registrationId);
  if (pending === undefined || pending.expiresAt < now()) {
    throw new ParleyError('unknown_registration', 'No such registration is under way. Register again.');
  }
  if (!equalConstantTime(await sha256(crypto.subtle, body.challenge_response), pending.responseHash)) {
    throw new ParleyError('challenge_failed', 'The challenge_response is not the right one. Register again.');
  }
  const { record, pair } = await issueFor(context, pending);
  const { signing, encryption } = record.certificates;
  await store.keepCertificates(await Promise.all([signing, encryption].map(storedCertificate)));
  let supersedes = false;
  await store.updateAgent(pending.agentId, (current) => {
    checkMayRegister(current, pending.signingSpki);
    const issued = withRenewal(current?.issued ?? [], pair, now());
    supersedes = issued.some(({ revoked }) => revoked?.at === now());
    return { ...record, issued };
  });
  if (supersedes) await renewRevocationList(context);
  return record;
}

async function issueFor(
  context: ControllerContext,
  pending: PendingRegistration,
): Promise<{ readonly record: AgentRecord; readonly pair: readonly [IssuedCertificate, IssuedCertificate] }> {
  const { agentId: id, address, signingSpki, encryptionSpki } = pending;
  const now = context.now();
  const { certificates, serials } = await issueCertificates(
    await context.authority(),
    {
      agentId: id,
      address,
      signingSpki,
      encryptionSpki,
      crlUrl: `${context.baseUrl}/controller/crl`,
      lifetime: certificateLifetime,
    },
    { now, random: context.random },
  );
  const notAfter = now + certificateLifetime;
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
