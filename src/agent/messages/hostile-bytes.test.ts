import { describe, expect, inject, test } from 'vitest';
import { fuzzed, saysTheSame } from '../../group/testing/fuzz.ts';
import { Chance } from '../../mls/testing/chance.ts';
import { type Bytes, toHex } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isAgentId, isSessionId } from '../../protocol/ids.ts';
import { encodePlaintext, readPlaintext } from '../../protocol/wire/attachment.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { encodeBinaryEnvelope, readBinaryEnvelope } from '../../protocol/wire/binary-envelope.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import { parseMessage, parseObject } from '../../protocol/wire/parse.ts';
import { payload } from '../../protocol/wire/payload.ts';
import { readCancelResult, readStreamReadResult, readStreamWriteResult } from '../../protocol/wire/stream-payloads.ts';

const runs = inject('exhaustive') ? 10_000 : 200;
const chance = new Chance(4);
const bytesOf = (length: number, fill: number): Bytes => new Uint8Array(length).fill(fill);
const nonce = encodeBase64(bytesOf(16, 1));
const hash = encodeBase64(bytesOf(32, 2));
const stream_id = 'ab'.repeat(16);
const head = { stream_id, media_type: 'text/plain', size: 5, name: 'a.txt', keep: 600 };

function jsonOf(bytes: Bytes): JsonObject {
  return parseObject(bytes, 1_000_000);
}

function envelope() {
  const [session, sender] = ['0'.repeat(32), 'helper_agent_001'];
  if (!isSessionId(session) || !isAgentId(sender)) throw new TypeError('These are ids.');
  return encodeBinaryEnvelope({
    ...{ session_id: session, sender_id: sender, epoch: 0, sequence: 12, timestamp: 1_790_000_000 },
    signature: bytesOf(64, 3),
    encrypted_payload: { iv: bytesOf(12, 4), tag: bytesOf(16, 5), ciphertext: bytesOf(40, 6) },
  });
}

describe('mutations are refused with a code, or read as what they say:', () => {
  test('binary envelopes', async () => {
    const found = await fuzzed(
      {
        sample: envelope(),
        read: readBinaryEnvelope,
        // There is one way to write an envelope.
        isFaithful: (value, bytes) => toHex(encodeBinaryEnvelope(value)) === toHex(bytes),
        code: 'malformed_message',
      },
      runs,
      chance,
    );
    expect(found.refused).toBeGreaterThan(runs / 10);
  });

  test('attachments', async () => {
    const sample = encodePlaintext({ message_type: 'REQUEST', request_id: 'one' }, bytesOf(300, 7));
    const found = await fuzzed(
      {
        sample,
        read: readPlaintext,
        isFaithful: ({ json, attachment }, bytes) => {
          const end = bytes.indexOf(0);
          if (attachment === undefined) return end === -1 && json.attachment === undefined;
          const after = end + 1 + attachment.length;
          const isAsSaid = saysTheSame({ size: attachment.length }, json.attachment, true);
          const isThere = toHex(bytes.subarray(end + 1, after)) === toHex(attachment);
          return isAsSaid && isThere && bytes.subarray(after).every((byte) => byte === 0x20);
        },
        code: 'malformed_message',
      },
      runs,
      chance,
    );
    expect(found.refused).toBeGreaterThan(runs / 10);
  });

  const request = { message_type: 'REQUEST', request_id: 'one', method: 'take', parameters: null, nonce };
  const answer = { message_type: 'RESPONSE', request_id: 'one', status: 'STREAM', result: null, stream: head };
  const read = {
    message_type: 'STREAM_READ',
    request_id: 'one',
    stream_id,
    from: 0,
    max_bytes: 5,
    release: 0,
    wait: 20,
  };
  const write = { message_type: 'STREAM_WRITE', request_id: 'one', stream_id, from: 0, done: true, size: 5, hash };
  test.each([
    ['a request with a stream', { ...request, stream: head }],
    ['an answer that is a stream', answer],
    ['STREAM_READ', { ...read, nonce }],
    ['STREAM_WRITE', { ...write, nonce, attachment: { size: 5 } }],
    ['CANCEL', { message_type: 'CANCEL', request_id: 'one', cancels: 'two', nonce }],
  ])('%s', async (_what, sample) => {
    const found = await fuzzed(
      {
        sample,
        read: (bytes) => parseMessage(payload, jsonOf(bytes)).value,
        isFaithful: (value, bytes) => saysTheSame(value, jsonOf(bytes), true),
        code: 'malformed_message',
      },
      runs,
      chance,
    );
    expect(found.refused).toBeGreaterThan(runs / 10);
  });

  const orRefused = <T>(value: T | undefined): T => {
    if (value === undefined) throw new ParleyError('invalid_answer', 'This is no answer.');
    return value;
  };
  test.each<[string, JsonObject, (json: JsonObject) => unknown]>([
    [
      'the answer to a read',
      { from: 0, length: 5, done: true, size: 5, hash },
      (json) => orRefused(readStreamReadResult(json)),
    ],
    ['the answer to a write', { next: 5 }, (json) => ({ next: orRefused(readStreamWriteResult(json)) })],
    ['the answer to a CANCEL', { cancelled: true }, (json) => ({ cancelled: orRefused(readCancelResult(json)) })],
  ])('%s', async (_what, sample, reading) => {
    const found = await fuzzed(
      {
        sample,
        read: (bytes) => reading(jsonOf(bytes)),
        isFaithful: (value, bytes) => saysTheSame(value, jsonOf(bytes), true),
      },
      runs,
      chance,
    );
    expect(found.refused).toBeGreaterThan(runs / 10);
  });
});
