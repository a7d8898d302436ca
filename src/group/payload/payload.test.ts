import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { padmeLength } from '../../protocol/wire/padding.ts';
import { encodePayload } from './encode.ts';
import { parsePayload } from './parse.ts';
import type { GroupPayload } from './payload.ts';
import { longestExpiry } from './schema.ts';
import { messageIdOf } from './testing/message-ids.ts';

const sentAt = 1_790_000_000;
const head = Uint8Array.from({ length: 32 }, (_, at) => at);
const sent = { messageId: messageIdOf(0xab), sentAt, seen: { index: 4, head } };
const answers = messageIdOf(0xcd);

const payloads: readonly GroupPayload[] = [
  { type: 'GROUP_MESSAGE', ...sent, content: { text: 'hello', list: [1, null, true] } },
  { type: 'GROUP_REQUEST', ...sent, method: 'echo', parameters: [], expiresAt: sentAt + longestExpiry },
  { type: 'GROUP_REQUEST', ...sent, method: 'echo', parameters: null, expiresAt: sentAt, to: ['anna', 'bert'] },
  { type: 'GROUP_RESPONSE', ...sent, answers, outcome: { status: 'SUCCESS', result: 7 } },
  { type: 'GROUP_RESPONSE', ...sent, answers, outcome: { status: 'ERROR', error: { code: 'x', detail: 'y' } } },
  { type: 'GROUP_RECEIPT', ...sent, read: 3 },
];

/** As it is sent, for a test to change. */
const json = {
  message_type: 'GROUP_REQUEST',
  message_id: sent.messageId,
  sent_at: sentAt,
  seen: { index: 4, head: encodeBase64(head) },
  method: 'echo',
  parameters: {},
  expires_at: sentAt + 60,
};

function bytesOf(value: unknown): Bytes {
  return new TextEncoder().encode(JSON.stringify(value));
}

function codeOf(plaintext: Bytes, index = 5): string {
  try {
    parsePayload(plaintext, index);
    return 'accepted';
  } catch (error) {
    if (error instanceof ParleyError) return error.code;
    throw error;
  }
}

describe('what a group carries (groups page, section 6)', () => {
  it.each(payloads)('$type comes back as it was', (payload) => {
    const plaintext = encodePayload(payload);
    expect(plaintext.length).toBe(padmeLength(plaintext.length));
    const read = parsePayload(plaintext, 5);
    expect(read.payload).toEqual(payload);
    expect(read.attachment).toBeUndefined();
  });

  it('has bytes beside a GROUP_MESSAGE, beside a GROUP_REQUEST of another program, and beside nothing else', () => {
    const attachment = Uint8Array.of(0, 1, 2);
    for (const payload of payloads) {
      const plaintext = encodePayload(payload, attachment);
      const mayHave = payload.type === 'GROUP_MESSAGE' || payload.type === 'GROUP_REQUEST';
      if (mayHave) expect(parsePayload(plaintext, 5)).toMatchObject({ payload, attachment });
      else expect(codeOf(plaintext)).toBe('malformed_message');
    }
  });

  it.each([
    ['as it is', {}, 'accepted'],
    ['an unknown member', { sender: 'anna' }, 'malformed_message'],
    ['another message_type', { message_type: 'REQUEST' }, 'malformed_message'],
    ['no message_id', { message_id: undefined }, 'malformed_message'],
    ['a message_id of 15 bytes', { message_id: 'ab'.repeat(15) }, 'malformed_message'],
    ['a message_id in capitals', { message_id: 'AB'.repeat(16) }, 'malformed_message'],
    ['no sent_at', { sent_at: undefined }, 'malformed_message'],
    ['a sent_at that is no whole number', { sent_at: sentAt + 0.5 }, 'malformed_message'],
    ['times after which there are none', { sent_at: 8.64e12, expires_at: 8.64e12 }, 'accepted'],
    ['times that are none', { sent_at: 8.64e12 + 1, expires_at: 8.64e12 + 1 }, 'malformed_message'],
    ['no seen', { seen: undefined }, 'malformed_message'],
    ['a seen without a head', { seen: { index: 4 } }, 'malformed_message'],
    ['a head of 31 bytes', { seen: { index: 4, head: encodeBase64(head.slice(1)) } }, 'malformed_message'],
    ['a seen of its own entry', { seen: { index: 5, head: encodeBase64(head) } }, 'malformed_message'],
    ['a seen below zero', { seen: { index: -1, head: encodeBase64(head) } }, 'malformed_message'],
    ['no method', { method: '' }, 'malformed_message'],
    ['a method of 129 characters', { method: 'x'.repeat(129) }, 'malformed_message'],
    ['no parameters', { parameters: undefined }, 'malformed_message'],
    ['an expiry 30 days ahead', { expires_at: sentAt + longestExpiry }, 'accepted'],
    ['an expiry later than 30 days ahead', { expires_at: sentAt + longestExpiry + 1 }, 'malformed_message'],
    ['nobody that is asked', { to: [] }, 'malformed_message'],
    ['somebody that is asked twice', { to: ['anna', 'anna'] }, 'malformed_message'],
    ['somebody whose name is none', { to: ['A'] }, 'malformed_message'],
    [
      'more that are asked than a group has',
      { to: Array.from({ length: 257 }, (_, i) => `agent_${i}`) },
      'malformed_message',
    ],
    ['a content too deep', { parameters: JSON.parse(`${'['.repeat(20)}${']'.repeat(20)}`) }, 'malformed_message'],
  ])('a request with %s', (_, change, code) => {
    expect(codeOf(bytesOf({ ...json, ...change }))).toBe(code);
  });

  it.each([
    ['a result and an error', { status: 'SUCCESS', result: 1, error: 2 }],
    ['no result', { status: 'SUCCESS' }],
    ['an error that is called a success', { status: 'SUCCESS', error: {} }],
    ['a status that is none', { status: 'PENDING', result: 1 }],
    ['no message that it answers', { answers: undefined, status: 'SUCCESS', result: 1 }],
  ])('a response with %s is malformed', (_, change) => {
    const { method: _m, parameters: _p, expires_at: _e, ...rest } = json;
    const response = { ...rest, message_type: 'GROUP_RESPONSE', answers, ...change };
    expect(codeOf(bytesOf(response))).toBe('malformed_message');
  });

  it('refuses every mutation that it does not take, and never fails otherwise', () => {
    const some = fc.constantFrom(...payloads.map((payload) => encodePayload(payload)));
    const change = fc.record({
      at: fc.nat({ max: 400 }),
      byte: fc.nat({ max: 255 }),
      how: fc.constantFrom('set', 'insert', 'cut', 'double'),
    });
    fc.assert(
      fc.property(some, fc.array(change, { minLength: 1, maxLength: 4 }), (plaintext, changes) => {
        const bytes = changes.reduce<readonly number[]>(
          (before, { at, byte, how }) => {
            const place = at % (before.length + 1);
            const [start, end] = [before.slice(0, place), before.slice(place)];
            if (how === 'set') return [...start, byte, ...end.slice(1)];
            if (how === 'insert') return [...start, byte, ...end];
            return how === 'cut' ? start : before.concat(end);
          },
          [...plaintext],
        );
        expect(['accepted', 'malformed_message']).toContain(codeOf(Uint8Array.from(bytes)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses any JSON that is no payload, and any bytes', () => {
    fc.assert(fc.property(fc.json(), (text) => codeOf(new TextEncoder().encode(text)) === 'malformed_message'));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => codeOf(Uint8Array.from(bytes)) === 'malformed_message'));
  });
});
