import { expect } from 'vitest';
import { createCertificateVerifier } from '../../../pki/verifier.ts';
import { type Bytes, concat } from '../../bytes.ts';
import { open } from '../../crypto/aead.ts';
import { importEd25519Key, verifyEd25519 } from '../../crypto/ed25519.ts';
import { sha256 } from '../../crypto/hash.ts';
import { hkdfBytes } from '../../crypto/hkdf.ts';
import { nobleKem } from '../../crypto/noble-kem.ts';
import type { PeerIdentity } from '../../handshake/identity.ts';
import { combineSecrets, deriveSessionKeys, type SessionKeys } from '../../handshake/key-schedule.ts';
import { Transcript } from '../../handshake/transcript.ts';
import { Session } from '../../session/session.ts';
import { unobserved } from '../../trace/events.ts';
import { canonicalBytes, without } from '../../wire/canonical.ts';
import { envelope } from '../../wire/envelope.ts';
import { clientConfirm, clientHello, serverHello, sessionEstablished } from '../../wire/handshake-messages.ts';
import type { JsonObject } from '../../wire/json.ts';
import { type LabelText, label } from '../../wire/label.ts';
import { parseMessage } from '../../wire/parse.ts';
import { KnownAnswers } from './answers.ts';
import { importCurveKey, importRsaKey } from './keys.ts';

const { subtle } = crypto;
export const answers = new KnownAnswers();
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const names = ['traveller_agent_001', 'helper_agent_001'] as const;
const now = answers.number('now');
const messages = [0, 1, 2, 3].map((index) => answers.object('handshake', 'messages', index));
const [helloJson, answerJson, confirmJson, establishedJson] = messages as [
  JsonObject,
  JsonObject,
  JsonObject,
  JsonObject,
];
const hello = parseMessage(clientHello, helloJson).value;
const answer = parseMessage(serverHello, answerJson).value;
const confirm = parseMessage(clientConfirm, confirmJson).value;
const established = parseMessage(sessionEstablished, establishedJson).value;

/** An agent with its identity as the certificate check gives it, and its private keys. */
export interface KnownAgent {
  readonly identity: PeerIdentity;
  readonly signingKey: CryptoKey;
  readonly decryptionKey: CryptoKey;
}
/** The transcript after each message, and th_keys. */
export async function knownTranscripts() {
  const th0 = await Transcript.start(subtle);
  const th1 = await th0.with(helloJson);
  const keys = await th1.with(without(answerJson, 'challenge', 'signature'));
  const th2 = await th1.with(answerJson);
  const th3 = await th2.with(confirmJson);
  return { th0, th1, keys, th2, th3 };
}

/** An agent of the known answers, whose certificates have been checked. */
export async function knownAgent(name: string): Promise<KnownAgent> {
  const verify = createCertificateVerifier({
    caCertificate: answers.bytes('ca_certificate'),
    revocation: () => undefined,
    unknownStatus: 'accept',
  });
  const certificates = {
    signing: answers.bytes('agents', name, 'certificate', 'signing'),
    encryption: answers.bytes('agents', name, 'certificate', 'encryption'),
  };
  return {
    identity: await verify(certificates, now),
    signingKey: await importRsaKey('RSA-PSS', answers.bytes('agents', name, 'signing_key_pkcs8')),
    decryptionKey: await importRsaKey('RSA-OAEP', answers.bytes('agents', name, 'encryption_key_pkcs8')),
  };
}

/** `ikm` of the handshake. */
export function inputKeyMaterial(): Promise<CryptoKey> {
  return combineSecrets(subtle, {
    clientSessionKey: answers.bytes('handshake', 'client_session_key'),
    serverSessionKey: answers.bytes('handshake', 'server_session_key'),
    x25519Secret: answers.bytes('handshake', 'x25519_secret'),
    kemSecret: answers.bytes('handshake', 'ml_kem_secret'),
  });
}

/** Every key of a schedule, as bits, and its salt. */
export async function checkSchedule(ikm: CryptoKey, salt: Bytes, ...at: string[]): Promise<void> {
  expect(salt).toEqual(answers.bytes(...at, 'salt'));
  const keys: readonly (readonly [string, LabelText, number])[] = [
    ['client_key', 'client key', 32],
    ['server_key', 'server key', 32],
    ['client_iv', 'client iv', 12],
    ['server_iv', 'server iv', 12],
    ['hmac_key', 'hmac key', 32],
    ['resumption', 'resumption', 32],
    ['update', 'update', 32],
    ['exporter', 'exporter', 32],
  ];
  for (const [name, text, length] of keys) {
    expect(await hkdfBytes(subtle, ikm, salt, label(text), length), name).toEqual(answers.bytes(...at, name));
  }
}

const environment = { subtle, kem: nobleKem(random), random, now: () => now * 1000, monotonic: () => 0 };

/** Checks the first envelope of the next epoch by hand: its IV, its signature and what it decrypts to. */
export async function checkNextEnvelope(ikm: CryptoKey, salt: Bytes): Promise<void> {
  const json = answers.object('key_update', 'next_envelope');
  const { value } = parseMessage(envelope, json);
  expect([value.epoch, value.sequence]).toEqual([1, 0]);
  const header = canonicalBytes(without(json, 'encrypted_payload', 'signature'));
  const { iv, ciphertext, tag } = value.encrypted_payload;
  expect(iv).toEqual(answers.bytes('key_update', 'schedule', 'client_iv'));
  const signed = concat(label('message signature'), header, await sha256(subtle, concat(iv, ciphertext, tag)));
  const verifyKey = await importEd25519Key(subtle, hello.session_signing_key);
  expect(await verifyEd25519(subtle, verifyKey, value.signature, signed)).toBe(true);
  const { clientKey } = await deriveSessionKeys(subtle, ikm, salt, 'server');
  const plaintext = await open(subtle, clientKey, value.encrypted_payload, concat(label('message'), header));
  const opened: unknown = JSON.parse(new TextDecoder().decode(plaintext));
  expect(opened).toMatchObject({ message_type: 'REQUEST' });
}

/** One side's session as the handshake would have handed it over. */
export async function sessionOf(
  role: 'client' | 'server',
  own: KnownAgent,
  peer: KnownAgent,
  th3: Transcript,
): Promise<Session> {
  const keys: SessionKeys = await deriveSessionKeys(subtle, await inputKeyMaterial(), th3.hash, role);
  const peerKey = role === 'client' ? answer.session_signing_key : hello.session_signing_key;
  return new Session({
    id: hello.session_id,
    role,
    self: own.identity.agentId,
    peer: peer.identity,
    createdAt: now,
    expiresAt: established.expires_at,
    keys,
    transcript: th3.hash,
    signingKey: await importCurveKey('Ed25519', answers.bytes('handshake', `${role}_session_signing_private`)),
    peerSigningKey: await importEd25519Key(subtle, peerKey),
    peerSigningPublic: peerKey,
    keyFingerprint: '',
    peerExtensions: undefined,
  });
}

/** In the order in which they were sent: where the envelope and the payload are, and who sent it. */
export const sent = [
  ['client', ['messages', 0, 'envelope'], ['messages', 0, 'payload']],
  ['server', ['messages', 1, 'envelope'], ['messages', 1, 'payload']],
  ['client', ['messages', 2, 'envelope'], ['messages', 2, 'payload']],
  ['client', ['key_update', 'request_envelope'], ['key_update', 'request']],
  ['server', ['key_update', 'response_envelope'], ['key_update', 'response']],
] as const;

const context = { environment, observe: unobserved };

/** What the run was made with, and its messages, as JSON and parsed. */
export const known = {
  answer,
  answerJson,
  confirm,
  confirmJson,
  context,
  environment,
  established,
  establishedJson,
  hello,
  helloJson,
  names,
  now,
  random,
  subtle,
};
