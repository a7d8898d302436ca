import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../bytes.ts';
import { codeThrownBy } from '../testing/code-of.ts';
import { decodePrivateMessageContent, encodePrivateMessageContent } from './private-message.ts';
import { authData, content } from './testing/arbitrary.ts';
import { structureCases } from './testing/cases.ts';

const runs = { numRuns: 30 };

describe.each(structureCases)('$name', ({ values, read, again }) => {
  it('decodes to the value that was encoded, and encodes to the same bytes again', () => {
    fc.assert(
      fc.property(values, ({ value, encoded }) => {
        expect(read(encoded)).toEqual(value);
        expect(again(encoded)).toEqual(encoded);
      }),
      runs,
    );
  });

  it('is refused when it is cut anywhere', () => {
    fc.assert(
      fc.property(values, ({ encoded }) => {
        for (let length = 0; length < encoded.length; length++) {
          expect(codeThrownBy(() => read(encoded.subarray(0, length)))).toBe('truncated');
        }
      }),
      { numRuns: 5 },
    );
  });

  it('is refused with anything behind it, itself included', () => {
    fc.assert(
      fc.property(values, fc.uint8Array({ minLength: 1, maxLength: 4 }), ({ encoded }, more) => {
        expect(codeThrownBy(() => read(concat(encoded, more)))).toBe('trailing_bytes');
        if (encoded.length > 0) expect(codeThrownBy(() => read(concat(encoded, encoded)))).toBe('trailing_bytes');
      }),
      runs,
    );
  });

  it('keeps nothing of the buffer that it was read from', () => {
    fc.assert(
      fc.property(values, ({ value, encoded }) => {
        const buffer = encoded.slice();
        const decoded = read(buffer);
        buffer.fill(0xa5);
        expect(decoded).toEqual(value);
      }),
      runs,
    );
  });
});

describe('PrivateMessageContent', () => {
  const inner = content.chain((value) => authData(value.type).map((auth) => ({ content: value, auth })));

  it('decodes to itself with any number of zeros behind it', () => {
    fc.assert(
      fc.property(inner, fc.nat(70), (value, padding) => {
        const encoded = encodePrivateMessageContent(value, padding);
        expect(encoded.length).toBe(encodePrivateMessageContent(value, 0).length + padding);
        expect(decodePrivateMessageContent(encoded, value.content.type)).toEqual(value);
      }),
      runs,
    );
  });

  it('is refused with any other byte in the padding', () => {
    fc.assert(
      fc.property(inner, fc.nat(9), fc.integer({ min: 1, max: 255 }), (value, place, byte) => {
        const encoded = encodePrivateMessageContent(value, 10);
        encoded[encoded.length - 1 - place] = byte;
        expect(codeThrownBy(() => decodePrivateMessageContent(encoded, value.content.type))).toBe('nonzero_padding');
      }),
      runs,
    );
  });

  it('is refused when it is cut before its padding', () => {
    fc.assert(
      fc.property(inner, (value) => {
        const encoded = encodePrivateMessageContent(value, 0);
        for (let length = 0; length < encoded.length; length++) {
          expect(codeThrownBy(() => decodePrivateMessageContent(encoded.subarray(0, length), value.content.type))).toBe(
            'truncated',
          );
        }
      }),
      { numRuns: 5 },
    );
  });
});
