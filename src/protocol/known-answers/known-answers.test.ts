import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { concat } from '../bytes.ts';
import { importEd25519Key, signEd25519, verifyEd25519 } from '../crypto/ed25519.ts';
import { sha256 } from '../crypto/hash.ts';
import { hkdfBytes, importKeyMaterial } from '../crypto/hkdf.ts';
import { nobleKem } from '../crypto/noble-kem.ts';
import { platformKem, platformKeyPair } from '../crypto/platform-kem.ts';
import { decryptOaepSessionKey, encryptOaep } from '../crypto/rsa-oaep.ts';
import { safetyNumber } from '../crypto/safety-number.ts';
import { mac, signPss, verifyMac, verifyPss } from '../crypto/signatures.ts';
import { hasEncapsulation } from '../crypto/subtle.ts';
import { x25519 } from '../crypto/x25519.ts';
import { checkChallenge } from '../handshake/full/challenge.ts';
import { deriveHandshakeKeys, deriveSessionKeys } from '../handshake/key-schedule.ts';
import { checkMessageSignature } from '../handshake/message-signature.ts';
import { acceptBinder, helloBinder, isSignedResumption } from '../handshake/resumption/proofs.ts';
import { resumptionIdOf } from '../handshake/resumption/record.ts';
import { scheduleResumedKeys } from '../handshake/resumption/schedule.ts';
import { asJson, decryptMessage } from '../properties/testing/messages.ts';
import { readBody } from '../properties/testing/tamper.ts';
import { encryptMessage } from '../session/encrypt-message.ts';
import { readEnvelope } from '../session/envelope.ts';
import { deriveNextEpoch } from '../session/key-update/next-epoch.ts';
import { unobserved } from '../trace/events.ts';
import { StepRecorder } from '../trace/step-recorder.ts';
import { encodeBase64 } from '../wire/base64.ts';
import { canonicalBytes, without } from '../wire/canonical.ts';
import { label } from '../wire/label.ts';
import { paddingFor, padmeLength } from '../wire/padding.ts';
import { parseMessage } from '../wire/parse.ts';
import { payload } from '../wire/payload.ts';
import { resumeAccept, resumeHello } from '../wire/resumption-messages.ts';
import { importCurveKey, importMacKey } from './testing/keys.ts';

import {
  answers,
  checkNextEnvelope,
  checkSchedule,
  inputKeyMaterial,
  type KnownAgent,
  known,
  knownAgent,
  knownTranscripts,
  sent,
  sessionOf,
} from './testing/run.ts';

const {
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
} = known;

let traveller: KnownAgent;
let helper: KnownAgent;
let th: Awaited<ReturnType<typeof knownTranscripts>>;

beforeAll(async () => {
  [traveller, helper] = await Promise.all([knownAgent(names[0]), knownAgent(names[1])]);
  th = await knownTranscripts();
});

describe('identities', () => {
  test.each(names)('%s: certificates, key id and private keys belong together', async (name) => {
    const { identity, signingKey, decryptionKey } = name === names[0] ? traveller : helper;
    expect(identity.agentId).toBe(name);
    expect(identity.keyId).toEqual(answers.bytes('agents', name, 'key_id'));
    const data = random(40);
    expect(await verifyPss(subtle, identity.verifyKey, await signPss(subtle, signingKey, data), data)).toBe(true);
    const secret = random(32);
    const encrypted = await encryptOaep(subtle, identity.encryptionKey, secret);
    expect(await decryptOaepSessionKey(subtle, decryptionKey, encrypted)).toEqual(secret);
  });

  test('the safety number', async () => {
    const named = ({ identity: { agentId, signingSpki } }: KnownAgent) => ({ agentId, signingSpki });
    const number = await safetyNumber(subtle, named(traveller), named(helper));
    expect(number).toBe(answers.text('safety_number').replaceAll(' ', ''));
  });
});

describe('handshake', () => {
  test('transcript hashes', () => {
    expect(th.th0.hash).toEqual(answers.bytes('handshake', 'th0'));
    expect(th.th1.hash).toEqual(answers.bytes('handshake', 'th1'));
    expect(th.keys.hash).toEqual(answers.bytes('handshake', 'th_keys'));
    expect(th.th2.hash).toEqual(answers.bytes('handshake', 'th2'));
    expect(th.th3.hash).toEqual(answers.bytes('handshake', 'th3'));
  });

  test.each([
    ['client_hello', 'client hello', helloJson, hello.signature, () => [traveller, th.th0] as const],
    ['server_hello', 'server hello', answerJson, answer.signature, () => [helper, th.th1] as const],
    ['client_confirm', 'client confirm', confirmJson, confirm.signature, () => [traveller, th.th2] as const],
  ] as const)('signed bytes and signature of %s', async (name, text, json, signature, who) => {
    const [{ identity }, transcript] = who();
    const signed = concat(label(text), transcript.hash, canonicalBytes(without(json, 'signature')));
    expect(await sha256(subtle, signed)).toEqual(answers.bytes('handshake', `${name}_signed_bytes_sha256`));
    await checkMessageSignature(subtle, identity.verifyKey, text, transcript, json, signature);
  });

  test('the hellos name whom they are for', () => {
    expect(hello.recipient_key_id).toEqual(helper.identity.keyId);
    expect(answer.recipient_key_id).toEqual(traveller.identity.keyId);
    expect([hello.my_certificate, answer.my_certificate]).toEqual([
      traveller.identity.certificates,
      helper.identity.certificates,
    ]);
  });

  test('RSA-OAEP gives both session keys', async () => {
    expect(await decryptOaepSessionKey(subtle, helper.decryptionKey, hello.encrypted_session_key)).toEqual(
      answers.bytes('handshake', 'client_session_key'),
    );
    expect(await decryptOaepSessionKey(subtle, traveller.decryptionKey, answer.encrypted_session_key)).toEqual(
      answers.bytes('handshake', 'server_session_key'),
    );
  });

  test('X25519 gives the secret', async () => {
    const own = await importCurveKey('X25519', answers.bytes('handshake', 'client_x25519_private'));
    expect(await x25519(subtle, own, answer.key_shares.x25519)).toEqual(answers.bytes('handshake', 'x25519_secret'));
  });

  test('ML-KEM-768 gives the secret, by either implementation', async () => {
    const seed = answers.bytes('handshake', 'client_ml_kem_768_seed');
    const pairs = [await nobleKem(() => seed.slice()).generate()];
    if ((await platformKem(subtle)) !== undefined && hasEncapsulation(subtle)) {
      const privateKey = await subtle.importKey('raw-seed', seed, 'ML-KEM-768', false, ['decapsulateBits']);
      const share = hello.key_shares.ml_kem_768;
      const publicKey = await subtle.importKey('raw-public', share, 'ML-KEM-768', true, ['encapsulateBits']);
      pairs.push(await platformKeyPair(subtle, { privateKey, publicKey }));
    }
    for (const pair of pairs) {
      expect(pair.encapsulationKey).toEqual(hello.key_shares.ml_kem_768);
      expect(await pair.decapsulate(answer.key_shares.ml_kem_768)).toEqual(answers.bytes('handshake', 'ml_kem_secret'));
    }
  });

  test.each([
    ['client', hello.session_signing_key],
    ['server', answer.session_signing_key],
  ])('the %s’s session signing key is the one in its hello', async (side, publicKey) => {
    const own = await importCurveKey('Ed25519', answers.bytes('handshake', `${side}_session_signing_private`));
    const data = random(40);
    const verifyKey = await importEd25519Key(subtle, publicKey);
    expect(await verifyEd25519(subtle, verifyKey, await signEd25519(subtle, own, data), data)).toBe(true);
  });

  test('handshake keys open both challenges', async () => {
    const ikm = await inputKeyMaterial();
    for (const side of ['client', 'server'] as const) {
      const bits = await hkdfBytes(subtle, ikm, th.keys.hash, label(`${side} handshake key`), 32);
      expect(bits).toEqual(answers.bytes('handshake', `${side}_handshake_key`));
    }
    const { server } = await deriveHandshakeKeys(subtle, ikm, th.keys.hash, 'client');
    await checkChallenge(environment, server, 'challenge', hello.session_id, answer.challenge, hello.nonce);
    const { client } = await deriveHandshakeKeys(subtle, ikm, th.keys.hash, 'server');
    const response = confirm.challenge_response;
    await checkChallenge(environment, client, 'challenge response', hello.session_id, response, answer.nonce);
  });

  test('session keys, their use in the confirmation, and the resumption id', async () => {
    const ikm = await inputKeyMaterial();
    await checkSchedule(ikm, th.th3.hash, 'handshake', 'schedule');
    const keys = await deriveSessionKeys(subtle, ikm, th.th3.hash, 'client');
    expect(keys.clientIv).toEqual(answers.bytes('handshake', 'schedule', 'client_iv'));
    expect(keys.exporter).toEqual(answers.bytes('handshake', 'schedule', 'exporter'));
    const confirmed = concat(
      label('session established'),
      th.th3.hash,
      canonicalBytes(without(establishedJson, 'confirmation')),
    );
    expect(await verifyMac(subtle, keys.hmacKey, established.confirmation, confirmed)).toBe(true);
    expect(established.expires_at).toBe(now + 3_600);
    expect(encodeBase64(await resumptionIdOf(subtle, th.th3.hash))).toBe(answers.text('handshake', 'resumption_id'));
  });
});

describe('messages', () => {
  test('each envelope opens at its receiver, and its sender makes the very same bytes', async () => {
    const client = await sessionOf('client', traveller, helper, th.th3);
    const server = await sessionOf('server', helper, traveller, th.th3);
    for (const [side, envelopeAt, payloadAt] of sent) {
      const [sender, receiver] = side === 'client' ? [client, server] : [server, client];
      const message = answers.object(...payloadAt);
      const body = canonicalBytes(answers.object(...envelopeAt));
      const opened = await decryptMessage(context, receiver, readEnvelope(asJson(body)));
      expect(canonicalBytes(opened.json)).toEqual(canonicalBytes(message));
      const made = await encryptMessage(context, sender, message);
      expect(canonicalBytes(readBody(made.bytes))).toEqual(body);
    }
  });

  test.each([0, 2])('the padded plaintext of message %i', (index) => {
    const text = canonicalBytes(answers.object('messages', index, 'payload'));
    const padded = concat(text, new TextEncoder().encode(paddingFor(text.length)));
    expect(padded).toEqual(answers.bytes('messages', index, 'plaintext'));
  });

  test('Padmé lengths', () => {
    for (const [length, padded] of Object.entries(answers.object('padme'))) {
      expect(padmeLength(Number(length)), length).toBe(padded);
    }
  });
});

describe('key update', () => {
  test('the next epoch’s schedule, resumption id and first envelope', async () => {
    const updateKey = await importMacKey(answers.bytes('handshake', 'schedule', 'update'));
    const secrets = concat(answers.bytes('key_update', 'x25519_secret'), answers.bytes('key_update', 'ml_kem_secret'));
    const mixed = await mac(subtle, updateKey, concat(label('update mix'), secrets));
    const ikm = await importKeyMaterial(subtle, mixed);
    const [request, response] = await Promise.all(
      (['request', 'response'] as const).map((name) =>
        sha256(subtle, canonicalBytes(answers.object('key_update', name))),
      ),
    );
    if (request === undefined || response === undefined) throw new Error('unreachable');
    const salt = await sha256(subtle, concat(th.th3.hash, request, response));
    await checkSchedule(ikm, salt, 'key_update', 'schedule');
    const id = (await sha256(subtle, concat(label('resumption id'), salt))).subarray(0, 16);
    expect(encodeBase64(id)).toBe(answers.text('key_update', 'resumption_id'));

    await checkNextEnvelope(ikm, salt);
  });

  test('a session comes into the next epoch and makes its first envelope, to the byte', async () => {
    const client = await sessionOf('client', traveller, helper, th.th3);
    const server = await sessionOf('server', helper, traveller, th.th3);
    for (const session of [client, server]) {
      const next = await deriveNextEpoch(context, {
        epoch: session.live(now).epoch,
        role: session.role,
        request: answers.object('key_update', 'request'),
        response: answers.object('key_update', 'response'),
        secrets: [answers.bytes('key_update', 'x25519_secret'), answers.bytes('key_update', 'ml_kem_secret')],
        by: 'self',
      });
      session.advance(next.keys, next.salt, now);
      expect(session.live(now).epoch.salt).toEqual(answers.bytes('key_update', 'schedule', 'salt'));
    }
    const body = canonicalBytes(answers.object('key_update', 'next_envelope'));
    const { json } = await decryptMessage(context, server, readEnvelope(asJson(body)));
    const made = await encryptMessage(context, client, json);
    expect(canonicalBytes(readBody(made.bytes))).toEqual(body);
  });

  test('the payloads are what their schema says', () => {
    expect(parseMessage(payload, answers.object('key_update', 'request')).value.message_type).toBe('KEY_UPDATE');
    expect(parseMessage(payload, answers.object('key_update', 'response')).value.message_type).toBe('RESPONSE');
  });
});

describe('resumption', () => {
  test('signatures, binders, transcript and schedule', async () => {
    const key = await importMacKey(answers.bytes('resumption', 'resumption_key'));
    expect(answers.text('resumption', 'resumption_key')).toBe(answers.text('key_update', 'schedule', 'resumption'));
    const resume = answers.object('resumption', 'messages', 0);
    const accept = answers.object('resumption', 'messages', 1);
    expect(resume.resumption_id).toBe(answers.text('key_update', 'resumption_id'));
    const { signature: asked, binder: askedBinder } = parseMessage(resumeHello, resume).value;
    const { signature: accepted, binder: acceptedBinder } = parseMessage(resumeAccept, accept).value;
    const tr1 = await th.th0.with(resume);
    const { hash: tr } = await tr1.with(without(accept, 'binder'));
    for (const [text, json, transcript, signer, signature] of [
      ['resume hello', resume, th.th0, hello.session_signing_key, asked],
      ['resume accept', accept, tr1, answer.session_signing_key, accepted],
    ] as const) {
      expect(await isSignedResumption(subtle, signer, text, transcript, json, signature), text).toBe(true);
    }
    expect(await helloBinder(subtle, key, resume)).toEqual(askedBinder);
    expect(await acceptBinder(subtle, key, tr)).toEqual(acceptedBinder);
    const secrets = concat(answers.bytes('resumption', 'x25519_secret'), answers.bytes('resumption', 'ml_kem_secret'));
    const ikm = await importKeyMaterial(subtle, await mac(subtle, key, concat(label('resume mix'), secrets)));
    await checkSchedule(ikm, tr, 'resumption', 'schedule');
    const steps = new StepRecorder(environment, unobserved, 'RESUME_ACCEPT');
    const shared = [secrets.slice(0, 32), secrets.slice(32)] as const;
    const keys = await scheduleResumedKeys(steps, subtle, 'client', { resumptionKey: key, shared, tr });
    expect(keys.exporter).toEqual(answers.bytes('resumption', 'schedule', 'exporter'));
    expect(keys.clientIv).toEqual(answers.bytes('resumption', 'schedule', 'client_iv'));
    expect(encodeBase64(await resumptionIdOf(subtle, tr))).toBe(answers.text('resumption', 'resumption_id'));
  });
});

afterAll(() => {
  expect(answers.text('about')).toContain('known answers');
  expect(answers.unseen(), 'values that no test has looked at').toEqual([]);
});
