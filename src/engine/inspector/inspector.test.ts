import { describe, expect, test } from 'vitest';
import { KnownAnswers } from '../../protocol/known-answers/testing/answers.ts';
import { readEnvelope } from '../../protocol/session/envelope.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { encodeBinaryEnvelope } from '../../protocol/wire/binary-envelope.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import type { ReviewInput } from './api.ts';
import { inspector } from './inspector.ts';

const answers = new KnownAnswers();
const bodyOf = (message: JsonObject) => JSON.stringify(message);
const hello = answers.object('resumption', 'messages', 0);
const accept = answers.object('resumption', 'messages', 1);
const at = 1_000 * answers.number('now');
/** The keys that the old session's hellos named. */
const clientKey = answers.text('handshake', 'messages', 0, 'session_signing_key');
const serverKey = answers.text('handshake', 'messages', 1, 'session_signing_key');

async function reviewed(input: Omit<ReviewInput, 'at'>) {
  const { events, leftOut } = await inspector.review({ at, ...input });
  const checks = events.flatMap((event) =>
    event.kind === 'check' ? [event.outcome === 'passed' ? event.check : `${event.check}: ${event.code}`] : [],
  );
  return { checks, leftOut };
}

const reviewHello = (copy: JsonObject, formerSigningKey: string) =>
  reviewed({ message: 'RESUME_HELLO', copy: bodyOf(copy), genuine: bodyOf(hello), formerSigningKey });
const reviewAccept = (copy: JsonObject, formerSigningKey: string, first: JsonObject = hello) =>
  reviewed({
    message: 'RESUME_ACCEPT',
    copy: bodyOf(copy),
    genuine: bodyOf(accept),
    resumeHello: bodyOf(first),
    formerSigningKey,
  });

/** Another value of the same shape. */
function altered(message: JsonObject, name: string): JsonObject {
  const value = message[name];
  if (typeof value === 'number') return { ...message, [name]: value + 1 };
  if (typeof value === 'string') return { ...message, [name]: `${value.startsWith('B') ? 'C' : 'B'}${value.slice(1)}` };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError(`${name} is no object`);
  return { ...message, [name]: altered(Object.fromEntries(Object.entries(value)), 'x25519') };
}

describe('a resumption made by another implementation, reviewed from outside', () => {
  test('passes every check that needs no secret, its signature under the key that the old session’s hello named', async () => {
    expect(await reviewHello(hello, clientKey)).toEqual({
      checks: ['shape', 'recipient', 'timestamp', 'resumption', 'signature'],
      leftOut: expect.stringMatching(/^The binder is an HMAC under the old session’s resumption key/),
    });
    expect(await reviewAccept(accept, serverKey)).toEqual({
      checks: ['shape', 'session_id', 'timestamp', 'signature'],
      leftOut: expect.stringMatching(/^The binder is an HMAC/),
    });
  });

  test('says why the signature cannot be checked where the old session is not recorded', async () => {
    for (const [message, genuine] of [
      ['RESUME_HELLO', hello],
      ['RESUME_ACCEPT', accept],
    ] as const) {
      const { checks, leftOut } = await reviewed({ message, copy: bodyOf(genuine), genuine: bodyOf(genuine) });
      expect(checks).not.toContain('signature');
      expect(leftOut).toMatch(/^The signature is by the old session’s signing key.* not recorded here.*The binder is/);
    }
  });

  test('under another session’s key the signature does not verify', async () => {
    expect((await reviewHello(hello, serverKey)).checks.at(-1)).toBe('signature: resumption_unknown');
    expect((await reviewAccept(accept, clientKey)).checks.at(-1)).toBe('signature: signature_invalid');
  });

  test.each(Object.keys(hello).filter((name) => name !== 'binder'))(
    'a hello with another %s is refused',
    async (name) => {
      const { checks, leftOut } = await reviewHello(altered(hello, name), clientKey);
      expect(checks.at(-1)).toMatch(/^\w+: \w+$/);
      expect(leftOut).toBe('');
    },
  );

  test.each(Object.keys(accept).filter((name) => name !== 'binder'))(
    'an answer with another %s is refused',
    async (name) => {
      const { checks } = await reviewAccept(altered(accept, name), serverKey);
      expect(checks.at(-1)).toMatch(/^\w+: \w+$/);
    },
  );

  test('an answer to another hello is refused', async () => {
    const { checks } = await reviewAccept(accept, serverKey, altered(hello, 'nonce'));
    expect(checks.at(-1)).toBe('signature: signature_invalid');
  });

  test('a binder that was altered is not noticed from outside, and it is said that it cannot be', async () => {
    const { checks, leftOut } = await reviewHello(altered(hello, 'binder'), clientKey);
    expect(checks.at(-1)).toBe('signature');
    expect(leftOut).toContain('cannot be checked from outside');
  });
});

describe('a binary envelope made from another implementation’s JSON one', () => {
  const { bytes: json } = { bytes: new TextEncoder().encode(bodyOf(answers.object('messages', 0, 'envelope'))) };
  const { value } = readEnvelope({ form: 'json', bytes: json });
  const genuine = encodeBinaryEnvelope(value);
  const hellos = {
    clientHello: bodyOf(answers.object('handshake', 'messages', 0)),
    serverHello: bodyOf(answers.object('handshake', 'messages', 1)),
  };
  const envelopeAt = 1_000 * value.timestamp;
  const review = (copy: Uint8Array, more: Partial<ReviewInput> = {}) =>
    inspector
      .review({
        ...{ message: 'ENVELOPE', form: 'binary', copy: encodeBase64(copy), genuine: encodeBase64(genuine) },
        ...{ at: envelopeAt, ...hellos, ...more },
      })
      .then(({ events, leftOut }) => ({
        checks: events.flatMap((event) =>
          event.kind === 'check' ? [event.outcome === 'passed' ? event.check : `${event.check}: ${event.code}`] : [],
        ),
        leftOut,
      }));
  const flipped = (at: number) => genuine.map((byte, i) => (i === at ? byte ^ 1 : byte));

  test('passes every check that needs no secret', async () => {
    expect((await review(genuine)).checks).toEqual(['shape', 'session', 'sender', 'timestamp', 'signature']);
  });

  test('is refused by the signature for one bit of its ciphertext, by its shape for one of its length', async () => {
    expect((await review(flipped(genuine.length - 1))).checks.at(-1)).toBe('signature: signature_invalid');
    expect((await review(flipped(1))).checks).toEqual(['shape: malformed_message']);
  });

  test('that was kept in part is not called refused: what covers all of it is left out', async () => {
    const head = genuine.subarray(0, genuine.length - 8);
    const { checks, leftOut } = await review(head, { genuine: encodeBase64(head), isCut: true });
    expect(checks).toEqual(['shape', 'session', 'sender', 'timestamp']);
    expect(leftOut).toContain('The end of this message was not kept');
  });
});
