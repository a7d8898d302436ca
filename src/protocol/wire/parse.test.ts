import type * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { ParleyError } from '../errors.ts';
import { envelope } from './envelope.ts';
import { clientConfirm, clientHello, serverHello, sessionEstablished } from './handshake-messages.ts';
import { isObject, parseMessage } from './parse.ts';
import { payload } from './payload.ts';
import { resumeAccept, resumeHello } from './resumption-messages.ts';

const secret = 'what nobody else may read \u202e';
const bytes = (length: number) => Buffer.alloc(length, 1).toString('base64');
const sealed = (length: number) => ({ iv: bytes(12), ciphertext: bytes(length), tag: bytes(16) });
const shares = { x25519: bytes(32), ml_kem_768: bytes(1_184) };
const answered = { x25519: bytes(32), ml_kem_768: bytes(1_088) };
const fresh = { session_id: 'ab'.repeat(16), nonce: bytes(32), timestamp: 1, session_signing_key: bytes(32) };
const parties = { protocol: 'parley/1', sender_id: 'helper_agent', recipient_id: 'traveller_agent' };
const hello = {
  ...fresh,
  ...parties,
  my_certificate: { signing: bytes(9), encryption: bytes(9) },
  recipient_key_id: bytes(32),
  encrypted_session_key: bytes(256),
  signature: bytes(256),
};
const proofs = { signature: bytes(64), binder: bytes(32) };
const named = { request_id: 'one', nonce: bytes(16) };

const messages: readonly (readonly [string, v.GenericSchema, Record<string, unknown>])[] = [
  ['CLIENT_HELLO', clientHello, { message_type: 'CLIENT_HELLO', ...hello, key_shares: shares }],
  [
    'SERVER_HELLO',
    serverHello,
    { message_type: 'SERVER_HELLO', ...hello, key_shares: answered, challenge: sealed(32) },
  ],
  [
    'CLIENT_CONFIRM',
    clientConfirm,
    {
      message_type: 'CLIENT_CONFIRM',
      session_id: fresh.session_id,
      challenge_response: sealed(32),
      signature: bytes(256),
    },
  ],
  [
    'SESSION_ESTABLISHED',
    sessionEstablished,
    { message_type: 'SESSION_ESTABLISHED', session_id: fresh.session_id, expires_at: 1, confirmation: bytes(32) },
  ],
  [
    'RESUME_HELLO',
    resumeHello,
    {
      message_type: 'RESUME_HELLO',
      ...fresh,
      ...parties,
      ...proofs,
      key_shares: shares,
      resumption_id: bytes(16),
    },
  ],
  [
    'RESUME_ACCEPT',
    resumeAccept,
    { message_type: 'RESUME_ACCEPT', ...fresh, ...proofs, key_shares: answered, expires_at: 1 },
  ],
  [
    'an envelope',
    envelope,
    {
      session_id: fresh.session_id,
      sender_id: 'helper_agent',
      epoch: 0,
      sequence: 0,
      timestamp: 1,
      encrypted_payload: sealed(9),
      signature: bytes(64),
    },
  ],
  ['REQUEST', payload, { message_type: 'REQUEST', ...named, method: 'echo', parameters: null, sent_at: 1 }],
  ['CLOSE', payload, { message_type: 'CLOSE', ...named }],
  ['KEY_UPDATE', payload, { message_type: 'KEY_UPDATE', ...named, key_shares: shares }],
  ['RESPONSE', payload, { message_type: 'RESPONSE', request_id: 'one', status: 'SUCCESS', result: null }],
];

/** Every way to put `value` in the place of one member, or beside the members of one object. */
function* altered(message: object, value: unknown): Generator<object> {
  yield { ...message, [secret]: value };
  for (const [name, member] of Object.entries(message)) {
    yield { ...message, [name]: value };
    if (!isObject(member)) continue;
    for (const inner of altered(member, value)) yield { ...message, [name]: inner };
  }
}

describe.each(messages)('%s that is refused', (_, schema, message) => {
  const values = [secret, secret.repeat(10_000), 4_711_147, -4_711_147, 0.4711147, [secret], { [secret]: secret }];

  test('is not quoted: its words may have been encrypted, and be as long as its sender likes', () => {
    expect(parseMessage(schema, JSON.parse(JSON.stringify(message))).json).toEqual(message);
    let refused = 0;
    for (const value of values) {
      for (const other of altered(message, value)) {
        const text = JSON.stringify(other);
        try {
          parseMessage(schema, JSON.parse(text));
        } catch (error) {
          refused += 1;
          if (!(error instanceof ParleyError)) throw error;
          expect(error.detail).not.toContain('nobody');
          expect(error.detail).not.toContain('4711147');
          expect(error.detail.length).toBeLessThan(200);
        }
      }
    }
    expect(refused).toBeGreaterThan(3 * values.length);
  });
});
