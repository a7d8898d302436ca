import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rasterImage } from './raster-image.ts';

const hex = (...parts: readonly string[]) => Uint8Array.from(Buffer.from(parts.join(''), 'hex'));

test.each([
  ['image/png', hex('89504e470d0a1a0a', '0000000d49484452', '00000280', '000001e0')],
  ['image/gif', hex('474946383961', '8002', 'e001')],
  ['image/jpeg', hex('ffd8', 'ffe0', '0004', '0000', 'ffc0', '0011', '08', '01e0', '0280')],
  ['image/webp', hex('52494646', '00000000', '57454250', '56503820', '00000000', '000000', '9d012a', '8002', 'e001')],
  ['image/webp', hex('52494646', '00000000', '57454250', '5650384c', '00000000', '2f', '7fc27700')],
  ['image/webp', hex('52494646', '00000000', '57454250', '56503858', '0a000000', '00000000', '7f0200', 'df0100')],
])('finds a %s of 640 by 480', (mediaType, bytes) => {
  expect(rasterImage(bytes)).toEqual({ mediaType, width: 640, height: 480 });
});

test.each(['<svg xmlns="http://www.w3.org/2000/svg"/>', '%PDF-1.7', 'GIF88a12345678', 'RIFF0000WAVEfmt 0000000000'])(
  'does not take %j for an image',
  (text) => {
    expect(rasterImage(new TextEncoder().encode(text))).toBeUndefined();
  },
);

test('no bytes make it fail, whatever they begin with', () => {
  const beginnings = ['89504e470d0a1a0a', '474946383961', 'ffd8ffe0', '52494646000000005745425056503858', ''];
  fc.assert(
    fc.property(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 64 }), (beginning, rest) => {
      const found = rasterImage(Uint8Array.from([...hex(beginning), ...rest]));
      expect(found === undefined || found.width >= 0).toBe(true);
    }),
  );
});
