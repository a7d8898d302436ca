import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Bytes } from '../bytes.ts';
import type { Environment } from '../crypto/environment.ts';
import { type ErrorCode, ParleyError } from '../errors.ts';
import { readHandshake } from '../handshake/received.ts';
import { handleResumeAccept, initiateResumption } from '../handshake/resumption/initiator.ts';
import { handleResumeHello } from '../handshake/resumption/responder.ts';
import { limits } from '../limits.ts';
import { encryptMessage } from '../session/encrypt-message.ts';
import { readEnvelope } from '../session/envelope.ts';
import { resumptionOf } from '../session/exchange/resumption.ts';
import { Session } from '../session/session.ts';
import { unobserved } from '../trace/events.ts';
import { encodeBase64 } from '../wire/base64.ts';
import type { JsonObject } from '../wire/json.ts';
import { clock, makeAgent, type TestAgent, testEnvironment } from './testing/fixture.ts';
import { decryptMessage } from './testing/messages.ts';
import { type ResumableSide, resumablePair, runResumption } from './testing/resumptions.ts';
import { watching, withShare } from './testing/subtle.ts';
import {
  dropped,
  duplicated,
  isOfExtensions,
  memberAt,
  membersOf,
  type Path,
  readBody,
  refusal,
  replaced,
  withByteChanged,
  writeBody,
} from './testing/tamper.ts';

let environment: Environment;
let client: ResumableSide;
let server: ResumableSide;
let other: TestAgent;

beforeAll(async () => {
  environment = await testEnvironment();
  const [one, two, three] = await Promise.all(['traveller_001', 'helper_agent_001', 'mallory_agent'].map(makeAgent));
  if (one === undefined || two === undefined || three === undefined) throw new TypeError('three agents');
  other = three;
  ({ client, server } = await resumablePair(environment, one, two));
});

const helloTo = (responder: ResumableSide, body: Bytes, context = responder.context()) =>
  refusal(() => handleResumeHello(context, responder.agent.own, readHandshake(body)));

describe('a session that is resumed', () => {
  test.each([
    ['its client', () => [client, server] as const],
    ['its server', () => [server, client] as const],
  ])('by %s carries messages both ways under keys of its own', async (_, sides) => {
    const [initiator, responder] = sides();
    const run = await runResumption(initiator, responder);
    const [one, two] = [new Session(run.client), new Session(run.server)];
    expect(one.keyFingerprint).toBe(two.keyFingerprint);
    expect(one.keyFingerprint).not.toBe(client.session.keyFingerprint);
    expect([one.role, two.role]).toEqual(['client', 'server']);
    expect(one.id).not.toBe(initiator.session.id);
    const context = { environment, observe: unobserved };
    const request = { message_type: 'REQUEST', request_id: 'r', method: 'echo', parameters: 1, nonce: nonce() };
    for (const [from, to] of [
      [one, two],
      [two, one],
    ] as const) {
      const received = await decryptMessage(context, to, readEnvelope(await encryptMessage(context, from, request)));
      expect(received.json).toEqual(request);
    }
    // Both sides can resume it again, and from nothing but it.
    const [next, theirs] = await Promise.all([resumptionOf(environment, one), resumptionOf(environment, two)]);
    expect(next.id).toEqual(theirs.id);
    expect(next.id).not.toEqual(client.record.id);
  });

  test('costs no RSA operation on either side', async () => {
    const used: string[] = [];
    const watched = watching(environment.subtle, used);
    const inIt = { ...environment, subtle: watched };
    const contexts = {
      initiator: { ...client.context(), environment: inIt },
      responder: { ...server.context(), environment: inIt },
    };
    await runResumption(client, server, contexts);
    expect(used.filter((name) => name.includes('RSA'))).toEqual([]);
    expect(used).toContain('Ed25519');
  });

  test('is used up on both sides', async () => {
    const contexts = { initiator: client.context(), responder: server.context() };
    const { hello } = await runResumption(client, server, contexts);
    expect(contexts.initiator.resumptions.records.size + contexts.responder.resumptions.records.size).toBe(0);
    const again = () => initiateResumption(contexts.initiator, client.agent.own, client.record);
    expect(await refusal(again)).toBe('resumption_unknown');
    // The very same hello, and another one from the same record, which an initiator that broke the rule would make.
    expect(await helloTo(server, hello.body, contexts.responder)).toBe('replayed_nonce');
    const second = await initiateResumption(client.context(), client.agent.own, client.record);
    expect(await helloTo(server, second.body, contexts.responder)).toBe('resumption_unknown');
  });

  test('is resumed once when two hellos come at the same moment', async () => {
    const context = server.context();
    const hellos = await Promise.all(
      [1, 2, 3].map(() => initiateResumption(client.context(), client.agent.own, client.record)),
    );
    const outcomes = await Promise.all(hellos.map(({ body }) => helloTo(server, body, context)));
    expect(outcomes.toSorted()).toEqual(['accepted', 'resumption_unknown', 'resumption_unknown']);
  });
});

describe('a resumption is refused', () => {
  test('after 24 hours, on both sides', async () => {
    const { body } = await initiateResumption(client.context(), client.agent.own, client.record);
    expect(client.record.expiresAt).toBe(clock + limits.resumptionLifetime);
    expect(await helloTo(server, body, server.context({ expiresAt: clock }))).toBe('resumption_unknown');
    const expired = { ...client.record, expiresAt: clock };
    expect(await refusal(() => initiateResumption(client.context(), client.agent.own, expired))).toBe(
      'resumption_unknown',
    );
  });

  test('when it comes back to who sent it', async () => {
    const { body } = await initiateResumption(client.context(), client.agent.own, client.record);
    expect(await helloTo(client, body)).toBe('wrong_recipient');
  });

  test('when another peer uses it, in its own name or in the sender’s', async () => {
    const stolen = { ...client.record };
    for (const own of [other.own, client.agent.own]) {
      // Another peer may have stolen the resumption key, but not the signing key, which is never bytes.
      const { privateKey } = await environment.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
      const { body } = await initiateResumption(client.context(), own, { ...stolen, signingKey: privateKey });
      expect(await helloTo(server, body)).toBe('resumption_unknown');
    }
  });

  test('when only the signature is right, and when only the binder is', async () => {
    const mac = { name: 'HMAC', hash: 'SHA-256', length: 256 } as const;
    const key = await environment.subtle.importKey('raw', environment.random(32), mac, false, ['sign', 'verify']);
    const { privateKey } = await environment.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
    for (const other of [{ key }, { signingKey: privateKey }]) {
      const { body } = await initiateResumption(client.context(), client.agent.own, { ...client.record, ...other });
      expect(await helloTo(server, body)).toBe('resumption_unknown');
    }
  });

  test('once the peer’s certificate is revoked, on both sides, and uses nothing up', async () => {
    const revoked = async () => {
      throw new ParleyError('certificate_revoked', 'It is listed.');
    };
    const initiator = { ...client.context(), verifyCertificates: revoked };
    const begin = () => initiateResumption(initiator, client.agent.own, client.record);
    expect(await refusal(begin)).toBe('certificate_revoked');
    expect(initiator.resumptions.records.size).toBe(1);
    const { body } = await initiateResumption(client.context(), client.agent.own, client.record);
    const responder = { ...server.context(), verifyCertificates: revoked };
    expect(await helloTo(server, body, responder)).toBe('certificate_revoked');
    expect(responder.resumptions.records.size).toBe(1);
    expect(responder.memory.nonces.size + responder.memory.sessions.size).toBe(0);
  });

  test('when its shares give no secret', async () => {
    const zero = encodeBase64(new Uint8Array(32));
    const forged = await initiateResumption(
      {
        ...client.context(),
        environment: { ...environment, subtle: withShare(environment.subtle, zero) },
      },
      client.agent.own,
      client.record,
    );
    expect(await helloTo(server, forged.body)).toBe('key_exchange_failed');
  });
});

/** What a change of a member to another value of its own form is called. */
const changed: Record<'RESUME_HELLO' | 'RESUME_ACCEPT', Record<string, ErrorCode>> = {
  RESUME_HELLO: {
    message_type: 'malformed_message',
    protocol: 'unsupported_protocol',
    session_id: 'resumption_unknown',
    resumption_id: 'resumption_unknown',
    sender_id: 'resumption_unknown',
    recipient_id: 'wrong_recipient',
    nonce: 'resumption_unknown',
    timestamp: 'resumption_unknown',
    'key_shares.x25519': 'resumption_unknown',
    'key_shares.ml_kem_768': 'resumption_unknown',
    session_signing_key: 'resumption_unknown',
    'extensions.envelopes': 'resumption_unknown',
    'extensions.payloads': 'resumption_unknown',
    signature: 'resumption_unknown',
    binder: 'resumption_unknown',
  },
  RESUME_ACCEPT: {
    message_type: 'malformed_message',
    session_id: 'session_conflict',
    nonce: 'signature_invalid',
    timestamp: 'signature_invalid',
    'key_shares.x25519': 'signature_invalid',
    'key_shares.ml_kem_768': 'signature_invalid',
    session_signing_key: 'signature_invalid',
    'extensions.envelopes': 'signature_invalid',
    'extensions.payloads': 'signature_invalid',
    expires_at: 'signature_invalid',
    signature: 'signature_invalid',
    binder: 'confirmation_failed',
  },
};

describe.each(['RESUME_HELLO', 'RESUME_ACCEPT'] as const)('every member of %s', (type) => {
  let message: JsonObject;
  let hand: (body: Bytes) => Promise<ErrorCode | 'accepted'>;

  beforeAll(async () => {
    const contexts = { initiator: client.context(), responder: server.context() };
    const hello = await initiateResumption(contexts.initiator, client.agent.own, client.record);
    const accept = await handleResumeHello(contexts.responder, server.agent.own, readHandshake(hello.body));
    if (type === 'RESUME_HELLO') {
      message = readBody(hello.body);
      hand = async (body) => {
        const context = server.context();
        const code = await helloTo(server, body, context);
        const { memory, resumptions } = context;
        if (code !== 'accepted') {
          expect([memory.nonces.size, memory.sessions.size, resumptions.records.size], 'what is remembered').toEqual([
            0, 0, 1,
          ]);
        }
        return code;
      };
    } else {
      message = readBody(accept.body);
      hand = (body) => refusal(() => handleResumeAccept(client.context(), hello.state, body));
    }
  });

  const leaves = () => membersOf(message).filter((path) => path.length === 2 || changed[type][path[0]] !== undefined);
  const codeOf = (path: Path) => changed[type][path.join('.')];

  test('is in the table', () => {
    expect(
      leaves()
        .map((path) => path.join('.'))
        .toSorted(),
    ).toEqual(Object.keys(changed[type]).toSorted());
  });

  test('as it was sent is accepted', async () => {
    expect(await hand(writeBody(message))).toBe('accepted');
  });

  test('changed in any byte is refused as the protocol names it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(2_000), fc.integer({ min: 1, max: 255 }), async (which, at, difference) => {
        const all = leaves();
        const path = all[which % all.length] ?? ['binder'];
        const value = changedValue(path, message, at, difference);
        expect(await hand(writeBody(replaced(message, path, value))), path.join('.')).toBe(codeOf(path));
      }),
      { numRuns: 150 },
    );
  });

  test('dropped, written twice, or joined by one that is not known, is malformed', async () => {
    for (const path of membersOf(message)) {
      const code = isOfExtensions(path) ? changed[type]['extensions.payloads'] : 'malformed_message';
      expect(await hand(writeBody(dropped(message, path))), path.join('.')).toBe(code);
      expect(await hand(duplicated(message, path)), path.join('.')).toBe('malformed_message');
    }
    expect(await hand(writeBody({ ...message, more: 1 }))).toBe('malformed_message');
  });
});

function changedValue(path: Path, message: JsonObject, at: number, difference: number) {
  const name = path.join('.');
  const value = memberAt(message, path);
  if (name === 'message_type') return 'CLIENT_CONFIRM';
  if (name === 'protocol') return 'parley/2';
  if (name === 'session_id') return 'ab'.repeat(16);
  if (name === 'sender_id' || name === 'recipient_id') return `other_agent_${difference}`;
  if (Array.isArray(value)) return [...value, difference];
  if (typeof value === 'number') return value + ((difference % 250) + 1);
  return withByteChanged(value, at, difference);
}

function nonce(): string {
  return encodeBase64(environment.random(16));
}
