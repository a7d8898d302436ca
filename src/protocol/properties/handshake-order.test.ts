import { beforeAll, describe, expect, it } from 'vitest';
import type { Environment } from '../crypto/environment.ts';
import { handleServerHello, handleSessionEstablished, initiateHandshake } from '../handshake/full/initiator.ts';
import { handleClientConfirm, handleClientHello } from '../handshake/full/responder.ts';
import { signMessage } from '../handshake/message-signature.ts';
import { readHandshake } from '../handshake/received.ts';
import { Transcript } from '../handshake/transcript.ts';
import { encodeBase64 } from '../wire/base64.ts';
import type { JsonObject, JsonValue } from '../wire/json.ts';
import { accepting, makeAgent, runHandshake, type TestAgent, testEnvironment } from './testing/fixture.ts';
import {
  dropped,
  memberAt,
  type Path,
  readBody,
  refusal,
  replaced,
  withByteChanged,
  writeBody,
} from './testing/tamper.ts';

let environment: Environment;
let client: TestAgent;
let server: TestAgent;

beforeAll(async () => {
  environment = await testEnvironment();
  client = await makeAgent('traveller_001');
  server = await makeAgent('helper_agent_001');
});

const base64 = (length: number, byte = 0) => encodeBase64(new Uint8Array(length).fill(byte));

describe('messages out of order', () => {
  it('a hello twice is a replay, and the first goes on', async () => {
    const atServer = accepting(environment, client);
    const run = await runHandshake(environment, client, server, accepting(environment, server), atServer);
    expect(await refusal(() => handleClientHello(atServer, server.own, readHandshake(run.hello.body)))).toBe(
      'replayed_nonce',
    );
    expect(atServer.memory.nonces.size).toBe(1);
  });

  it('an answer twice is a replay', async () => {
    const atClient = accepting(environment, server);
    const run = await runHandshake(environment, client, server, atClient);
    expect(await refusal(() => handleServerHello(atClient, run.hello.state, run.answer.body))).toBe('replayed_nonce');
  });

  it('a new hello under a session id that was used is a conflict', async () => {
    const atServer = accepting(environment, client);
    const first = await initiateHandshake(accepting(environment, server), client.own, server.asPeer);
    await handleClientHello(atServer, server.own, readHandshake(first.body));
    const second = await initiateHandshake(accepting(environment, server), client.own, server.asPeer);
    const reused = await signed(
      { ...readBody(second.body), session_id: first.state.sessionId },
      client,
      'client hello',
    );
    expect(await refusal(() => handleClientHello(atServer, server.own, readHandshake(reused)))).toBe(
      'session_conflict',
    );
  });

  it('each answer of another handshake is a conflict, and the right one is still accepted', async () => {
    const atClient = accepting(environment, server);
    const atServer = accepting(environment, client);
    const other = await runHandshake(environment, client, server, atClient, atServer);
    const hello = await initiateHandshake(atClient, client.own, server.asPeer);
    const answer = await handleClientHello(atServer, server.own, readHandshake(hello.body));
    const fresh = accepting(environment, server);
    expect(await refusal(() => handleServerHello(fresh, hello.state, other.answer.body))).toBe('session_conflict');
    const confirm = await handleServerHello(atClient, hello.state, answer.body);
    expect(await refusal(() => handleClientConfirm(atServer, answer.state, readHandshake(other.confirm.body)))).toBe(
      'session_conflict',
    );
    const established = await handleClientConfirm(atServer, answer.state, readHandshake(confirm.body));
    expect(await refusal(() => handleSessionEstablished(atClient, confirm.state, other.established.body))).toBe(
      'session_conflict',
    );
    const session = await handleSessionEstablished(atClient, confirm.state, established.body);
    expect(session.keyFingerprint).toBe(established.state.keyFingerprint);
  });

  it('a hello that comes back to its sender is for another agent', async () => {
    const hello = await initiateHandshake(accepting(environment, server), client.own, server.asPeer);
    const atClient = accepting(environment, client, server);
    expect(await refusal(() => handleClientHello(atClient, client.own, readHandshake(hello.body)))).toBe(
      'wrong_recipient',
    );
  });
});

/** The message signed anew by its own sender, so that only the checks behind the signature can refuse it. */
async function signed(
  message: JsonObject,
  by: TestAgent,
  label: 'client hello' | 'server hello' | 'client confirm',
  th?: Transcript,
) {
  const { subtle } = environment;
  const unsigned = dropped(message, ['signature']);
  return writeBody(
    await signMessage(subtle, by.own.signingKey, label, th ?? (await Transcript.start(subtle)), unsigned),
  );
}

const anyChange = (value: JsonValue) => withByteChanged(value, 7, 1);

describe('a message that its own sender changed and signed', () => {
  const brokenExchange: readonly (readonly [Path, (value: JsonValue) => JsonValue])[] = [
    [['encrypted_session_key'], anyChange],
    [['key_shares', 'x25519'], () => base64(32)],
    [['key_shares', 'ml_kem_768'], () => base64(1_184, 0xff)],
  ];

  it.each(brokenExchange)(
    'CLIENT_HELLO with a bad %s fails the key exchange, and its id is dead',
    async (path, change) => {
      const atServer = accepting(environment, client);
      const hello = await initiateHandshake(accepting(environment, server), client.own, server.asPeer);
      const message = readBody(hello.body);
      const bad = await signed(replaced(message, path, change(memberAt(message, path))), client, 'client hello');
      expect(await refusal(() => handleClientHello(atServer, server.own, readHandshake(bad)))).toBe(
        'key_exchange_failed',
      );
      const again = { ...message, nonce: base64(32, 5) };
      const next = await signed(again, client, 'client hello');
      expect(await refusal(() => handleClientHello(atServer, server.own, readHandshake(next)))).toBe(
        'session_conflict',
      );
    },
  );

  const badAnswers: readonly (readonly [Path, (value: JsonValue) => JsonValue, string])[] = [
    [['encrypted_session_key'], anyChange, 'key_exchange_failed'],
    [['key_shares', 'x25519'], () => base64(32), 'key_exchange_failed'],
    [['key_shares', 'x25519'], anyChange, 'challenge_failed'],
    // Decapsulation never fails: a wrong ciphertext gives another secret (FIPS 203, 6.3).
    [['key_shares', 'ml_kem_768'], anyChange, 'challenge_failed'],
    [['nonce'], anyChange, 'challenge_failed'],
    [['session_signing_key'], () => base64(32, 1), 'challenge_failed'],
    [['timestamp'], (value) => (typeof value === 'number' ? value + 1 : value), 'challenge_failed'],
    [['challenge', 'iv'], anyChange, 'challenge_failed'],
    [['challenge', 'ciphertext'], anyChange, 'challenge_failed'],
    [['challenge', 'tag'], anyChange, 'challenge_failed'],
  ];

  it.each(badAnswers)('SERVER_HELLO with another %s is refused', async (path, change, code) => {
    const hello = await initiateHandshake(accepting(environment, server), client.own, server.asPeer);
    const answer = await handleClientHello(accepting(environment, client), server.own, readHandshake(hello.body));
    const message = readBody(answer.body);
    const changed = replaced(message, path, change(memberAt(message, path)));
    const bad = await signed(changed, server, 'server hello', hello.state.th1);
    expect(await refusal(() => handleServerHello(accepting(environment, server), hello.state, bad))).toBe(code);
  });

  it.each([['iv'], ['ciphertext'], ['tag']])('CLIENT_CONFIRM with another %s fails its challenge', async (name) => {
    const atServer = accepting(environment, client);
    const atClient = accepting(environment, server);
    const hello = await initiateHandshake(atClient, client.own, server.asPeer);
    const answer = await handleClientHello(atServer, server.own, readHandshake(hello.body));
    const confirm = await handleServerHello(atClient, hello.state, answer.body);
    const message = readBody(confirm.body);
    const path: Path = ['challenge_response', name];
    const changed = replaced(message, path, anyChange(memberAt(message, path)));
    const bad = await signed(changed, client, 'client confirm', answer.state.th2);
    expect(await refusal(() => handleClientConfirm(atServer, answer.state, readHandshake(bad)))).toBe(
      'challenge_failed',
    );
  });

  it('a signature over another transcript is invalid', async () => {
    const hello = await initiateHandshake(accepting(environment, server), client.own, server.asPeer);
    const answer = await handleClientHello(accepting(environment, client), server.own, readHandshake(hello.body));
    const elsewhere = await signed(readBody(answer.body), server, 'server hello');
    expect(await refusal(() => handleServerHello(accepting(environment, server), hello.state, elsewhere))).toBe(
      'signature_invalid',
    );
  });
});
