import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Bytes } from '../bytes.ts';
import type { Environment } from '../crypto/environment.ts';
import type { ErrorCode } from '../errors.ts';
import type { Established } from '../handshake/established.ts';
import { encryptMessage } from '../session/encrypt-message.ts';
import { readEnvelope } from '../session/envelope.ts';
import { Session } from '../session/session.ts';
import { unobserved } from '../trace/events.ts';
import { encodeBase64 } from '../wire/base64.ts';
import { clock, makeAgent, runHandshake, testEnvironment } from './testing/fixture.ts';
import { asJson, decryptMessage } from './testing/messages.ts';
import { refusal } from './testing/tamper.ts';

let environment: Environment;
let ends: { readonly client: Established; readonly server: Established };
let sender: Session;
let receiver: Session;

beforeAll(async () => {
  environment = await testEnvironment();
  ends = await runHandshake(environment, await makeAgent('traveller_001'), await makeAgent('helper_agent_001'));
});

beforeEach(() => {
  sender = new Session(ends.client);
  receiver = new Session(ends.server);
});

async function send(from: Session, id: number): Promise<Bytes> {
  const nonce = encodeBase64(environment.random(16));
  const request = { message_type: 'REQUEST', request_id: `request-${id}`, method: 'echo', parameters: { id }, nonce };
  return (await encryptMessage({ environment, observe: unobserved }, from, request)).bytes;
}

/** The code an envelope is refused with at `to`; `accepted` otherwise. */
function deliver(to: Session, body: Bytes): Promise<ErrorCode | 'accepted'> {
  return refusal(() => decryptMessage({ environment, observe: unobserved }, to, readEnvelope(asJson(body))));
}

describe('the plaintext of a message', () => {
  const request = (more = '') =>
    `{"nonce":"${encodeBase64(new Uint8Array(16))}","method":"echo","message_type":"REQUEST",${more}"request_id":"r","parameters":{"b":1e0,"a":[]}}`;

  /** An envelope whose plaintext is this text, whatever the sender's own function would write. */
  async function withPlaintext(from: Session, text: string): Promise<Bytes> {
    const { subtle } = environment;
    const replacing = new Proxy(subtle, {
      get(target, name) {
        const call: unknown = Reflect.get(target, name);
        if (typeof call !== 'function') return call;
        return (...given: unknown[]) =>
          Reflect.apply(
            call,
            target,
            name === 'encrypt' ? [given[0], given[1], new TextEncoder().encode(text)] : given,
          );
      },
    });
    const context = { environment: { ...environment, subtle: replacing }, observe: unobserved };
    return (await encryptMessage(context, from, {})).bytes;
  }

  it.each([
    ['needs no canonical form and no Padme length', request(), 'accepted'],
    ['may have spaces behind it, as many as there are', request() + ' '.repeat(5_000), 'accepted'],
    ['may have spaces inside and before it', `  ${request().replaceAll(',', ' ,\n ')}`, 'accepted'],
    ['has no line end behind it', `${request()} \n`, 'malformed_message'],
    ['has no tab behind it', `${request()}\t `, 'malformed_message'],
    ['has no second value behind it', `${request()}{}`, 'malformed_message'],
    ['has no zero byte behind it', `${request()}\0`, 'malformed_message'],
    ['is an object', `[${request()}]`, 'malformed_message'],
    ['has no name twice', request('"method":"echo",'), 'malformed_message'],
    ['may say when it was first sent', request(`"sent_at":${clock},`), 'accepted'],
    ['says so in seconds', request('"sent_at":1.5,'), 'malformed_message'],
    ['has no unknown member', request('"more":1,'), 'malformed_message'],
  ])('%s', async (_, text, outcome) => {
    const body = await withPlaintext(sender, text);
    expect(await deliver(receiver, body)).toBe(outcome);
    // Its tag has verified, so its sequence number is used, whatever it says.
    expect(await deliver(receiver, body)).toBe('replayed_message');
    expect(await deliver(receiver, await send(sender, 1))).toBe('accepted');
  });

  it.each([
    ['request_id', 1, 128],
    ['method', 1, 128],
  ] as const)('%s has %i to %i characters, not code units', async (name, _, most) => {
    const withText = (text: string) =>
      withPlaintext(sender, JSON.stringify({ ...JSON.parse(request()), [name]: text }));
    for (const text of ['x', 'x'.repeat(most), '😀'.repeat(most)]) {
      expect(await deliver(receiver, await withText(text)), text).toBe('accepted');
    }
    for (const text of ['', 'x'.repeat(most + 1), '😀'.repeat(most + 1)]) {
      expect(await deliver(receiver, await withText(text)), text).toBe('malformed_message');
    }
  });

  it.each([
    [15, 'malformed_message'],
    [16, 'accepted'],
    [64, 'accepted'],
    [65, 'malformed_message'],
  ])('has a nonce of 16 to 64 bytes: %i', async (length, outcome) => {
    const nonce = encodeBase64(new Uint8Array(length));
    const text = JSON.stringify({ ...JSON.parse(request()), nonce });
    expect(await deliver(receiver, await withPlaintext(sender, text))).toBe(outcome);
  });
});
