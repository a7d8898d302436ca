import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bytes, concat } from './bytes.ts';
import { encodeUtf8, ScratchBuffer } from './scratch-buffer.ts';
import { outcomesWithInputsOverwritten } from './testing/overwritten-inputs.ts';

const utf8 = new TextEncoder();
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 700 }),
  fc.string({ minLength: 500, maxLength: 600 }),
);
const part = fc.oneof(text, fc.uint8Array());

describe('gathering', () => {
  it('lays bytes and text side by side, as concatenating them does', () => {
    fc.assert(
      fc.property(fc.array(fc.array(part)), (calls) => {
        ScratchBuffer.use((scratch) => {
          const gathered = calls.map((parts) => scratch.concat(...parts));
          const expected = calls.map((parts) =>
            concat(...parts.map((p) => (typeof p === 'string' ? utf8.encode(p) : p))),
          );
          expect(gathered).toEqual(expected);
        });
      }),
    );
  });

  it('keeps what an outer call gathered while an inner one comes and goes', () => {
    ScratchBuffer.use((scratch) => {
      const outer = scratch.concat('outer');
      expect(ScratchBuffer.use((inner) => inner.concat('inner').slice())).toEqual(utf8.encode('inner'));
      expect(outer).toEqual(utf8.encode('outer'));
      expect(scratch.concat('more')).toEqual(utf8.encode('more'));
    });
  });

  it('overwrites everything once the call has returned or thrown', () => {
    const kept: Bytes[] = [];
    ScratchBuffer.use((scratch) => kept.push(scratch.concat('a secret'), scratch.concat(new Uint8Array(9).fill(9))));
    const failing = () =>
      ScratchBuffer.use((scratch) => {
        kept.push(scratch.concat('another secret'));
        throw new RangeError('refused');
      });
    expect(failing).toThrow('refused');
    expect(kept).toHaveLength(3);
    for (const bytes of kept) expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  it('takes what is too long for its buffer', () => {
    const long = 'é'.repeat(400_000);
    ScratchBuffer.use((scratch) => expect(scratch.concat('a', long, 'b')).toEqual(utf8.encode(`a${long}b`)));
  });
});

it('encodes text in a buffer of its own', () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(encodeUtf8(value)).toEqual(utf8.encode(value));
    }),
  );
});

it.each([0, 100, 200_000])('SubtleCrypto copies inputs of %i bytes before it returns', async (size) => {
  const { overwritten, kept } = await outcomesWithInputsOverwritten(size);
  expect(overwritten).toEqual(kept);
});
