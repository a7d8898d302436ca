import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Environment } from '../crypto/environment.ts';
import { handleServerHello, handleSessionEstablished, initiateHandshake } from '../handshake/full/initiator.ts';
import { handleClientConfirm, handleClientHello } from '../handshake/full/responder.ts';
import { signMessage } from '../handshake/message-signature.ts';
import { readHandshake } from '../handshake/received.ts';
import { Transcript } from '../handshake/transcript.ts';
import { limits } from '../limits.ts';
import { resumptionOf } from '../session/exchange/resumption.ts';
import { Session } from '../session/session.ts';
import { canonicalBytes, without } from '../wire/canonical.ts';
import { type Extensions, ownExtensions } from '../wire/extensions.ts';
import { type JsonValue, parseJson } from '../wire/json.ts';
import { parseObject } from '../wire/parse.ts';
import { accepting, makeAgent, runHandshake, type TestAgent, testEnvironment } from './testing/fixture.ts';
import { resumablePair, runResumption } from './testing/resumptions.ts';
import { readBody } from './testing/tamper.ts';
import { wireJson } from './testing/wire-json.ts';

const everything: Extensions = { sentAt: true, attachment: true, stream: true, binary: true };

let environment: Environment;
let caller: TestAgent;
let callee: TestAgent;

beforeAll(async () => {
  environment = await testEnvironment();
  [caller, callee] = await Promise.all([makeAgent('traveller_agent_001'), makeAgent('helper_agent_001')]);
});

/** A whole handshake whose CLIENT_HELLO has extensions, signed like the rest (protocol page, section 1). */
async function handshakeWith(extensions: JsonValue): Promise<readonly [string, string, Extensions | undefined]> {
  const { subtle } = environment;
  const [client, server] = [accepting(environment, callee), accepting(environment, caller)];
  const { state, body } = await initiateHandshake(client, caller.own, callee.asPeer);
  const th0 = await Transcript.start(subtle);
  const unsigned = { ...without(parseObject(body, limits.handshakeBody), 'signature'), extensions };
  const hello = await signMessage(subtle, caller.own.signingKey, 'client hello', th0, unsigned);
  const answer = await handleClientHello(server, callee.own, readHandshake(canonicalBytes(hello)));
  const th1 = await th0.with(hello);
  const confirm = await handleServerHello(client, { ...state, th1 }, answer.body);
  const established = await handleClientConfirm(server, answer.state, readHandshake(confirm.body));
  const session = await handleSessionEstablished(client, confirm.state, established.body);
  return [session.keyFingerprint, established.state.keyFingerprint, established.state.peerExtensions];
}

test('whatever a hello’s extensions hold, they are ignored, and both sides hold the same keys', async () => {
  const members = fc.dictionary(fc.string({ maxLength: 12 }), wireJson({ maxDepth: 3 }), { maxKeys: 5 });
  await fc.assert(
    fc.asyncProperty(members, async (extensions) => {
      const text = new TextEncoder().encode(JSON.stringify(extensions));
      const [ours, theirs] = await handshakeWith(parseJson(text, limits.handshakeBody));
      expect(ours).toBe(theirs);
    }),
    {
      numRuns: 15,
      examples: [
        [{}],
        [
          Object.fromEntries([
            ['__proto__', 1],
            ['constructor', ['x']],
          ]),
        ],
      ],
    },
  );
});

test.each([
  ['a list', []],
  ['null', null],
  ['a text', 'x'],
  ['a number', 1],
])('extensions that are %s are refused', async (_, extensions) => {
  await expect(handshakeWith(extensions)).rejects.toMatchObject({ code: 'malformed_message' });
});

test('both hellos say what their sender can take in, and each side knows it of the other', async () => {
  const { hello, answer, client, server } = await runHandshake(environment, caller, callee);
  for (const { body } of [hello, answer]) {
    expect(readBody(body).extensions).toEqual({ envelopes: ['binary'], payloads: ['sent_at', 'attachment', 'stream'] });
  }
  for (const side of [client, server]) expect(side.peerExtensions).toEqual(everything);
});

test.each<[JsonValue, Partial<Extensions>]>([
  [{ payloads: ['sent_at'] }, { sentAt: true }],
  [
    { payloads: ['later', 'sent_at', 'later'], envelopes: ['binary'], later: 1 },
    { sentAt: true, binary: true },
  ],
  [
    { payloads: ['attachment', 'stream'], envelopes: ['later'] },
    { attachment: true, stream: true },
  ],
  [{ payloads: ['binary'], envelopes: ['sent_at', 'attachment'] }, {}],
  [{}, {}],
  [{ payloads: [], envelopes: [] }, {}],
  [{ payloads: ['later'] }, {}],
  [{ payloads: 'sent_at', envelopes: 'binary' }, {}],
  [{ payloads: ['sent_at', 1], envelopes: ['binary', null] }, {}],
  [{ payloads: { sent_at: true, length: 1, 0: 'sent_at' }, envelopes: { binary: true } }, {}],
  [{ payloads: null, sent_at: ['sent_at'], binary: true }, {}],
])('of %j it is taken that its sender reads %j', async (extensions, expected) => {
  const nothing = { sentAt: false, attachment: false, stream: false, binary: false };
  expect((await handshakeWith(extensions))[2]).toEqual({ ...nothing, ...expected });
});

describe('a resumption has extensions only for who has had them', () => {
  test('in the former hello, also after resumption upon resumption', async () => {
    const { client, server } = await resumablePair(environment, caller, callee);
    expect([client.record.isExtended, server.record.isExtended]).toEqual([true, true]);
    const run = await runResumption(client, server);
    for (const { body } of [run.hello, run.accept]) expect(readBody(body).extensions).toEqual(ownExtensions);
    for (const side of [run.client, run.server]) {
      expect(side.peerExtensions).toEqual(everything);
      expect((await resumptionOf(environment, new Session(side))).isExtended).toBe(true);
    }
  });

  test('else not in RESUME_HELLO, and so not in RESUME_ACCEPT', async () => {
    const { client, server } = await resumablePair(environment, caller, callee);
    const run = await runResumption({ ...client, record: { ...client.record, isExtended: false } }, server);
    for (const { body } of [run.hello, run.accept]) expect(readBody(body)).not.toHaveProperty('extensions');
    for (const side of [run.client, run.server]) {
      expect(side.peerExtensions).toBeUndefined();
      expect((await resumptionOf(environment, new Session(side))).isExtended).toBe(false);
    }
  });
});
