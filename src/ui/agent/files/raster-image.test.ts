import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rasterImage } from './raster-image.ts';

const hex = (...parts: readonly string[]) => Uint8Array.from(Buffer.from(parts.join(''), 'hex'));

/** A box of an ISO base media file in hex. */
function box(type: string, ...content: readonly string[]): string {
  const inside = content.join('');
  const size = 8 + inside.length / 2;
  return [size.toString(16).padStart(8, '0'), Buffer.from(type).toString('hex'), inside].join('');
}

function avifOf(properties: string, brands = 'avif00000000mif1miaf'): Uint8Array {
  const items = box('iprp', box('ipco', properties));
  return hex(box('ftyp', Buffer.from(brands).toString('hex')), box('meta', '00000000', box('hdlr', '00'), items));
}

test.each([
  ['image/png', hex('89504e470d0a1a0a', '0000000d49484452', '00000280', '000001e0')],
  ['image/gif', hex('474946383961', '8002', 'e001')],
  ['image/jpeg', hex('ffd8', 'ffe0', '0004', '0000', 'ffc0', '0011', '08', '01e0', '0280')],
  ['image/webp', hex('52494646', '00000000', '57454250', '56503820', '00000000', '000000', '9d012a', '8002', 'e001')],
  ['image/webp', hex('52494646', '00000000', '57454250', '5650384c', '00000000', '2f', '7fc27700')],
  ['image/webp', hex('52494646', '00000000', '57454250', '56503858', '0a000000', '00000000', '7f0200', 'df0100')],
  ['image/bmp', hex('424d', '00000000', '00000000', '36000000', '28000000', '80020000', 'e0010000')],
  ['image/bmp', hex('424d', '00000000', '00000000', '36000000', '28000000', '80020000', '20feffff')],
  ['image/bmp', hex('424d', '00000000', '00000000', '1a000000', '0c000000', '8002', 'e001')],
  ['image/avif', avifOf(box('ispe', '00000000', '00000280', '000001e0'))],
])('finds a %s of 640 by 480', (mediaType, bytes) => {
  expect(rasterImage(bytes)).toEqual({ mediaType, width: 640, height: 480 });
});

test.each(['<svg xmlns="http://www.w3.org/2000/svg"/>', '%PDF-1.7', 'GIF88a12345678', 'RIFF0000WAVEfmt 0000000000'])(
  'does not take %j for an image',
  (text) => {
    expect(rasterImage(new TextEncoder().encode(text))).toBeUndefined();
  },
);

test('a GIF is as large as its largest frame, wherever it stands', () => {
  const screen = hex('474946383961', '0100', '0100', '80', '0000', '000000ffffff');
  const small = hex('2c', '0000', '0000', '0100', '0100', '00', '02', '02', '4401', '00');
  const large = hex('2c', '0000', '0000', 'ffff', 'feff', '00', '02', '02', '4401', '00');
  const comment = hex('21fe', '03', '616263', '00');
  const bytes = Uint8Array.from([...screen, ...comment, ...small, ...large, 0x3b]);
  expect(rasterImage(bytes)).toEqual({ mediaType: 'image/gif', width: 65_535, height: 65_534 });
});

test('an AVIF is as large as the largest size that it names, and a sequence of images is no image', () => {
  const small = box('ispe', '00000000', '00000001', '00000001');
  const large = box('ispe', '00000000', '0000c350', '0000c350');
  expect(rasterImage(avifOf(small + large))).toMatchObject({ width: 50_000, height: 50_000 });
  expect(rasterImage(avifOf(small, 'avis00000000avifmif1'))).toBeUndefined();
  expect(rasterImage(avifOf(small, 'heic00000000mif1'))).toBeUndefined();
  expect(rasterImage(avifOf(''))).toBeUndefined();
});

test('no bytes make it fail, whatever they begin with', () => {
  const avifs = Buffer.from(avifOf(box('ispe', '00000000', '00000280', '000001e0')).subarray(0, 60)).toString('hex');
  const beginnings = [
    avifs,
    '89504e470d0a1a0a',
    '474946383961',
    'ffd8ffe0',
    '52494646000000005745425056503858',
    '424d',
    '',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 64 }), (beginning, rest) => {
      const found = rasterImage(Uint8Array.from([...hex(beginning), ...rest]));
      expect(found === undefined || found.width >= 0).toBe(true);
    }),
  );
});
