/** An image whose format is known by its bytes. Width and height in pixels. */
interface RasterImage {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
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
    return png(view) ?? gif(view) ?? jpeg(view) ?? webp(view);
  } catch (cause) {
    // It ends before its size.
    if (cause instanceof RangeError) return undefined;
    throw cause;
  }
}

function png(view: DataView): RasterImage | undefined {
  if (view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a) return undefined;
  return { mediaType: 'image/png', width: view.getUint32(16), height: view.getUint32(20) };
}

function gif(view: DataView): RasterImage | undefined {
  const version = view.getUint16(4);
  if (view.getUint32(0) !== 0x47494638 || (version !== 0x3761 && version !== 0x3961)) return undefined;
  return { mediaType: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
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
