import { avif } from './avif.ts';

/** An image whose format is known by its bytes. Width and height in pixels. */
interface RasterImage {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/avif' | 'image/bmp';
  readonly width: number;
  readonly height: number;
}

/**
 * Returns which raster image some bytes are, by their beginning, whatever their sender calls them; undefined for anything else. The size
 * is read so that a small file is not decoded into a huge picture.
 */
export function rasterImage(bytes: Uint8Array): RasterImage | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return png(view) ?? gif(view) ?? bmp(view) ?? jpeg(view) ?? webp(view) ?? avifImage(view);
  } catch (cause) {
    // It ends before its size.
    if (cause instanceof RangeError) return undefined;
    throw cause;
  }
}

function avifImage(view: DataView): RasterImage | undefined {
  const size = avif(view);
  return size === undefined ? undefined : { mediaType: 'image/avif', ...size };
}

function png(view: DataView): RasterImage | undefined {
  if (view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a) return undefined;
  return { mediaType: 'image/png', width: view.getUint32(16), height: view.getUint32(20) };
}

function gif(view: DataView): RasterImage | undefined {
  const version = view.getUint16(4);
  if (view.getUint32(0) !== 0x47494638 || (version !== 0x3761 && version !== 0x3961)) return undefined;
  let [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  // A frame may be larger than the screen that the header names, and decoders make room for it.
  for (const frame of framesOf(view)) {
    width = Math.max(width, frame.right);
    height = Math.max(height, frame.bottom);
  }
  return { mediaType: 'image/gif', width, height };
}

/** Walks over the blocks of a GIF (GIF89a specification) as far as there are any. */
function* framesOf(view: DataView): Generator<{ readonly right: number; readonly bottom: number }> {
  const has = (at: number) => at < view.byteLength;
  const colours = (at: number) => ((view.getUint8(at) & 0x80) === 0 ? 0 : 3 * 2 ** ((view.getUint8(at) & 7) + 1));
  const afterPieces = (from: number) => {
    let at = from;
    while (has(at) && view.getUint8(at) !== 0) at += 1 + view.getUint8(at);
    return at + 1;
  };
  if (!has(12)) return;
  let at = 13 + colours(10);
  while (has(at)) {
    const kind = view.getUint8(at);
    if (kind === 0x21) {
      at = afterPieces(at + 2);
    } else if (kind === 0x2c && has(at + 9)) {
      const [left, top] = [view.getUint16(at + 1, true), view.getUint16(at + 3, true)];
      yield { right: left + view.getUint16(at + 5, true), bottom: top + view.getUint16(at + 7, true) };
      at = afterPieces(at + 11 + colours(at + 9));
    } else {
      return;
    }
  }
}

/** Reads the header of a Windows bitmap: the old one of 12 bytes has 16 bits for each side, the others 32 with a sign. */
function bmp(view: DataView): RasterImage | undefined {
  if (view.getUint16(0) !== 0x424d) return undefined;
  const header = view.getUint32(14, true);
  if (header === 12) {
    return { mediaType: 'image/bmp', width: view.getUint16(18, true), height: view.getUint16(20, true) };
  }
  if (header < 40 || header > 124) return undefined;
  // One that is stored from top to bottom has a negative height.
  const [width, height] = [view.getInt32(18, true), view.getInt32(22, true)];
  return { mediaType: 'image/bmp', width: Math.abs(width), height: Math.abs(height) };
}

/** Walks over the segments of a JPEG to the frame's header (ITU T.81, B.2). */
function jpeg(view: DataView): RasterImage | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined;
  let at = 2;
  while (view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { mediaType: 'image/jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    // A marker that fills, or one of a segment with its length.
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** Reads the header of the first chunk of a WebP (RFC 9649, section 2). */
function webp(view: DataView): RasterImage | undefined {
  if (view.getUint32(0) !== 0x52494646 || view.getUint32(8) !== 0x57454250) return undefined;
  const mediaType = 'image/webp';
  switch (view.getUint32(12)) {
    case 0x56503820: // VP8, lossy
      return { mediaType, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case 0x5650384c: {
      // VP8L, lossless: 14 bits each, less one
      const bits = view.getUint32(21, true);
      return { mediaType, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 0x56503858: {
      // VP8X, extended: 24 bits each, less one
      const width = view.getUint16(24, true) + view.getUint8(26) * 0x10000 + 1;
      return { mediaType, width, height: view.getUint16(27, true) + view.getUint8(29) * 0x10000 + 1 };
    }
    default:
      return undefined;
  }
}
