import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../bytes.ts';
import { ParleyError } from '../errors.ts';
import { limits } from '../limits.ts';
import { encodePlaintext, readPlaintext } from './attachment.ts';
import { padmeLength } from './padding.ts';

const encoder = new TextEncoder();

function bytesOf(...parts: readonly (string | readonly number[])[]): Bytes {
  return Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...encoder.encode(part)] : part)));
}

function codeOf(plaintext: Bytes): string {
  try {
    readPlaintext(plaintext);
    return 'accepted';
  } catch (error) {
    if (error instanceof ParleyError) return error.code;
    throw error;
  }
}

describe('a plaintext with bytes beside its JSON', () => {
  it('is JCS, a zero byte, the bytes and spaces up to the Padmé length of the whole', () => {
    const attachment = Uint8Array.from({ length: 100 }, (_, i) => i);
    const plaintext = encodePlaintext({ b: 1, a: 'x' }, attachment);
    const text = '{"a":"x","attachment":{"size":100},"b":1}';
    const whole = bytesOf(text, [0], [...attachment]);
    expect(plaintext.length).toBe(padmeLength(whole.length));
    expect(plaintext.subarray(0, whole.length)).toEqual(whole);
    expect(plaintext.subarray(whole.length).every((byte) => byte === 0x20)).toBe(true);
  });

  it('without any is JCS and spaces, and holds no zero byte', () => {
    const plaintext = encodePlaintext({ b: 1, a: 'x'.repeat(100) });
    expect(plaintext.includes(0)).toBe(false);
    expect(readPlaintext(plaintext)).toEqual({ json: { a: 'x'.repeat(100), b: 1 }, attachment: undefined });
  });

  it('comes back as it was, whatever the bytes are', () => {
    const json = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,8}$/),
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer()),
    );
    fc.assert(
      fc.property(json, fc.option(fc.uint8Array({ maxLength: 300 }), { nil: undefined }), (payload, given) => {
        const { attachment: _, ...rest } = payload;
        const attachment = given === undefined ? undefined : Uint8Array.from(given);
        const read = readPlaintext(encodePlaintext({ ...rest }, attachment));
        expect(read.attachment).toEqual(attachment);
        const { attachment: announced, ...members } = read.json;
        expect(members).toEqual({ ...rest });
        expect(announced).toEqual(attachment === undefined ? undefined : { size: attachment.length });
      }),
    );
  });

  it('gives the bytes where they lie, and a copy of those that would keep a much longer plaintext in memory', () => {
    const large = encodePlaintext({}, new Uint8Array(1_000).fill(7));
    expect(readPlaintext(large).attachment?.buffer).toBe(large.buffer);
    const small = encodePlaintext({ a: 'x'.repeat(1_000) }, Uint8Array.of(1, 2, 3));
    const { attachment } = readPlaintext(small);
    small.fill(0);
    expect(attachment).toEqual(Uint8Array.of(1, 2, 3));
  });

  it.each([
    ['an attachment of no bytes', bytesOf('{"attachment":{"size":0}}', [0]), 'accepted'],
    ['JSON that is not canonical', bytesOf(' { "attachment" : {"size":1}}', [0, 7], '   '), 'accepted'],
    ['zero bytes in what is attached', bytesOf('{"attachment":{"size":2}}', [0, 0, 0]), 'accepted'],
    ['a space before the zero byte', bytesOf('{"attachment":{"size":1}} ', [0, 7]), 'malformed_message'],
    ['fewer bytes than it says', bytesOf('{"attachment":{"size":2}}', [0, 7]), 'malformed_message'],
    ['something else than spaces behind', bytesOf('{"attachment":{"size":1}}', [0, 7], ' x '), 'malformed_message'],
    ['a zero byte behind', bytesOf('{"attachment":{"size":1}}', [0, 7, 0]), 'malformed_message'],
    ['a zero byte and no attachment', bytesOf('{"a":1}', [0]), 'malformed_message'],
    ['an attachment and no zero byte', bytesOf('{"attachment":{"size":0}}'), 'malformed_message'],
    ['an attachment that is null', bytesOf('{"attachment":null}', [0]), 'malformed_message'],
    ['an attachment that is null, alone', bytesOf('{"attachment":null}'), 'malformed_message'],
    ['a member beside the size', bytesOf('{"attachment":{"name":"x","size":0}}', [0]), 'malformed_message'],
    ['no size', bytesOf('{"attachment":{}}', [0]), 'malformed_message'],
    ['a size below zero', bytesOf('{"attachment":{"size":-1}}', [0]), 'malformed_message'],
    ['a size that is no whole number', bytesOf('{"attachment":{"size":0.5}}', [0]), 'malformed_message'],
    ['a size in words', bytesOf('{"attachment":{"size":"0"}}', [0]), 'malformed_message'],
    ['a size over 15 MiB', bytesOf(`{"attachment":{"size":${limits.attachment + 1}}}`, [0]), 'malformed_message'],
    ['nothing', bytesOf(''), 'malformed_message'],
    ['only spaces', bytesOf('   '), 'malformed_message'],
    ['only a zero byte', bytesOf([0]), 'malformed_message'],
    ['a list', bytesOf('[{}]'), 'malformed_message'],
    ['a line end behind it', bytesOf('{} \n'), 'malformed_message'],
  ])('%s', (_, plaintext, code) => {
    expect(codeOf(plaintext)).toBe(code);
  });

  it('has at most 1 MiB of JSON, 15 MiB of bytes and 16 MiB in all', () => {
    const text = (length: number) => ({ text: 'x'.repeat(length) });
    const code = (make: () => Bytes) => {
      try {
        return codeOf(make());
      } catch (error) {
        return error instanceof ParleyError ? error.code : 'another error';
      }
    };
    expect(code(() => encodePlaintext({}, new Uint8Array(limits.attachment)))).toBe('accepted');
    expect(code(() => encodePlaintext({}, new Uint8Array(limits.attachment + 1)))).toBe('message_too_large');
    expect(code(() => encodePlaintext(text(limits.textBesideAttachment), new Uint8Array(1)))).toBe('message_too_large');
    expect(code(() => encodePlaintext(text(limits.textBesideAttachment)))).toBe('accepted');
    expect(code(() => encodePlaintext(text(limits.plaintext)))).toBe('message_too_large');
    expect(code(() => new Uint8Array(limits.plaintext + 1).fill(0x20))).toBe('message_too_large');
    const long = bytesOf(`{"attachment":{"size":0},"text":"${'x'.repeat(limits.textBesideAttachment)}"}`, [0]);
    expect(codeOf(long)).toBe('malformed_message');
  });
});
