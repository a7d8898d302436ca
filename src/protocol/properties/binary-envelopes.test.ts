import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Bytes, concat } from '../bytes.ts';
import type { Environment } from '../crypto/environment.ts';
import type { Established } from '../handshake/established.ts';
import { limits } from '../limits.ts';
import { encryptMessage, type Sending } from '../session/encrypt-message.ts';
import { readEnvelope } from '../session/envelope.ts';
import { Session } from '../session/session.ts';
import { unobserved } from '../trace/events.ts';
import { encodeBase64 } from '../wire/base64.ts';
import { encodeBinaryEnvelope, splitBinaryEnvelope } from '../wire/binary-envelope.ts';
import { encodeJsonEnvelope } from '../wire/envelope.ts';
import { formOfType, type MessageBody } from '../wire/envelope-form.ts';
import { headerJcs } from '../wire/envelope-header.ts';
import { makeAgent, runHandshake, testEnvironment } from './testing/fixture.ts';
import { asJson, decryptMessage } from './testing/messages.ts';
import { refusal } from './testing/tamper.ts';

let environment: Environment;
let ends: { readonly client: Established; readonly server: Established };
let sender: Session;
let receiver: Session;

beforeAll(async () => {
  environment = await testEnvironment();
  ends = await runHandshake(environment, await makeAgent('traveller_agent_001'), await makeAgent('helper_agent_001'));
});
beforeEach(() => {
  sender = new Session(ends.client);
  receiver = new Session(ends.server);
});

const context = () => ({ environment, observe: unobserved });

function send(parameters: string, sending: Sending = {}): Promise<MessageBody> {
  const nonce = encodeBase64(environment.random(16));
  const request = { message_type: 'REQUEST', request_id: 'one', method: 'echo', parameters, nonce };
  return encryptMessage(context(), sender, request, sending);
}

const receive = (body: MessageBody, by = receiver) => decryptMessage(context(), by, readEnvelope(body));
const outcome = (body: MessageBody, by = new Session(ends.server)) => refusal(() => receive(body, by));
const asBytes = (bytes: Bytes): MessageBody => ({ form: 'binary', bytes });

/** The body with other bytes as its header, under their length. */
function withHeader(bytes: Bytes, change: (header: string) => string): MessageBody {
  const parts = splitBinaryEnvelope(bytes);
  if (parts === undefined) throw new TypeError('This is no binary envelope.');
  const header = new TextEncoder().encode(change(new TextDecoder().decode(parts.header)));
  const rest = bytes.subarray(2 + parts.header.length);
  return asBytes(concat(Uint8Array.of(header.length >> 8, header.length & 0xff), header, rest));
}

test('what is long goes as bytes and what is short as JSON, each to who reads that', async () => {
  const long = 'x'.repeat(limits.binaryFrom);
  expect((await send('short')).form).toBe('json');
  expect((await send(long)).form).toBe('binary');
  sender = new Session({ ...ends.client, peerExtensions: undefined });
  expect((await send(long)).form).toBe('json');
});

test('both forms of one envelope say the same, and the second of them is a replay', async () => {
  for (const first of ['json', 'binary'] as const) {
    const body = await send('hello', { form: first });
    const { value } = readEnvelope(body);
    const other: MessageBody =
      first === 'json'
        ? asBytes(encodeBinaryEnvelope(value))
        : asJson(encodeJsonEnvelope(headerJcs(value), value.encrypted_payload, value.signature));
    expect(readEnvelope(other).value).toEqual(value);
    expect((await receive(body)).json).toMatchObject({ parameters: 'hello' });
    expect(await outcome(other, receiver)).toBe('replayed_message');
  }
});

test('a binary envelope is its length, header, signature, IV, tag and ciphertext, and no larger than these', async () => {
  const { bytes } = await send('hello', { form: 'binary' });
  const parts = splitBinaryEnvelope(bytes);
  if (parts === undefined) throw new TypeError('This is no binary envelope.');
  const { header, signature, iv, tag, ciphertext } = parts;
  expect(new DataView(bytes.buffer).getUint16(0)).toBe(header.length);
  expect(new TextDecoder().decode(header)).toBe(headerJcs(readEnvelope(asBytes(bytes)).value));
  expect([signature.length, iv.length, tag.length]).toEqual([64, 12, 16]);
  expect(concat(bytes.subarray(0, 2), header, signature, iv, tag, ciphertext)).toEqual(bytes);
});

test('a body of the other form is malformed', async () => {
  const json = await send('hello', { form: 'json' });
  const binary = await send('hello', { form: 'binary' });
  expect(await outcome(asBytes(json.bytes))).toBe('malformed_message');
  expect(await outcome(asJson(binary.bytes))).toBe('malformed_message');
});

test('a binary envelope with any bit of its head flipped, or cut anywhere, is refused and changes nothing', async () => {
  const { bytes } = await send('hello', { form: 'binary' });
  const parts = splitBinaryEnvelope(bytes);
  const head = bytes.length - (parts?.ciphertext.length ?? 0);
  const refused = ['malformed_message', 'unknown_session', 'identity_mismatch', 'stale_timestamp', 'signature_invalid'];
  for (let at = 0; at < head; at++) {
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    expect(refused, `byte ${at}`).toContain(await outcome(asBytes(flipped), receiver));
    expect(refused, `cut at ${at}`).toContain(await outcome(asBytes(bytes.slice(0, at)), receiver));
  }
  const tail = bytes.slice();
  tail[head] = (tail[head] ?? 0) ^ 1;
  expect(await outcome(asBytes(tail), receiver)).toBe('signature_invalid');
  expect(await outcome(asBytes(bytes), receiver)).toBe('accepted');
});

test.each<[string, (header: string) => string]>([
  ['with white space', (header) => header.replace(',', ', ')],
  ['with a number spelled otherwise', (header) => header.replace('"epoch":0', '"epoch":0.0')],
  ['with a number of another kind', (header) => header.replace('"epoch":0', '"epoch":-0')],
  ['with a number that a double cannot hold', (header) => header.replace('"epoch":0', '"epoch":9007199254740993')],
  ['with a leading zero', (header) => header.replace('"epoch":0', '"epoch":00')],
  ['in another order', (header) => header.replace(/^\{("epoch":0),(.*)\}$/, '{$2,$1}')],
  ['with one member more', (header) => header.replace('{', '{"a":1,')],
  ['with one member twice', (header) => header.replace('{', '{"epoch":0,')],
  ['without a member', (header) => header.replace('"epoch":0,', '')],
  ['with an escape', (header) => header.replace('"sender_id"', '"sender\\u005fid"')],
  ['with a byte order mark', (header) => `\ufeff${header}`],
  ['with spaces behind it', (header) => `${header} `],
  ['that is empty', () => ''],
  ['that is longer than 1 KiB', (header) => header + ' '.repeat(limits.envelopeHeader)],
])('a header %s is malformed, whatever it says', async (_, change) => {
  const { bytes } = await send('hello', { form: 'binary' });
  expect(await outcome(withHeader(bytes, change))).toBe('malformed_message');
  expect(await outcome(withHeader(bytes, (header) => header))).toBe('accepted');
});

test('whatever the header says, JCS of what is read from it is what it was', () => {
  const { session_id, sender_id } = { session_id: sender.id, sender_id: sender.self };
  const signature = new Uint8Array(64);
  const encrypted_payload = { iv: new Uint8Array(12), tag: new Uint8Array(16), ciphertext: new Uint8Array(3) };
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.maxSafeNat(), fc.maxSafeNat(), (epoch, sequence, timestamp) => {
      const value = { session_id, sender_id, epoch, sequence, timestamp, signature, encrypted_payload };
      expect(readEnvelope(asBytes(encodeBinaryEnvelope(value))).value).toEqual(value);
    }),
  );
});

test.each([
  ['application/vnd.parley.envelope', 'binary'],
  ['Application/VND.Parley.Envelope ; charset=utf-8', 'binary'],
  ['application/json', 'json'],
  ['application/vnd.parley.envelope2', 'json'],
  ['text/plain; x=application/vnd.parley.envelope', 'json'],
  [null, 'json'],
] as const)('content-type %s selects %s', (type, form) => {
  expect(formOfType(type)).toBe(form);
});

describe('an attachment', () => {
  test.each(['json', 'binary'] as const)('of any length arrives as it was beside its payload, as %s', async (form) => {
    const sizes = fc.oneof(fc.nat(600), fc.nat(70_000));
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(255), async (size, fill) => {
        const bytes = new Uint8Array(size).fill(fill);
        const received = await receive(await send('with bytes', { form, attachment: bytes }));
        expect(received.attachment).toEqual(bytes);
        expect(received.json).toMatchObject({ parameters: 'with bytes', attachment: { size } });
      }),
      {
        numRuns: 30,
        examples: [
          [0, 0],
          [1, 0],
          [1, 0x20],
          [256 * 1024, 7],
        ],
      },
    );
  });

  test('is nothing that a payload has without one, and one of 15 MiB passes while a byte more does not', async () => {
    expect((await receive(await send('none'))).attachment).toBeUndefined();
    const most = new Uint8Array(limits.attachment + 1);
    const received = await receive(await send('most', { attachment: most.subarray(1) }));
    expect(received.attachment?.length).toBe(limits.attachment);
    expect(received.form).toBe('binary');
    await expect(send('more', { attachment: most })).rejects.toMatchObject({ code: 'message_too_large' });
  });
});
