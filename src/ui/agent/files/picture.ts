import { rasterImage } from './raster-image.ts';

/** Bytes of a file that is shown as a picture, at most: 10 MiB. */
export const mostPictureBytes = 10_485_760;
/** Pixels of an image that is decoded, at most. */
const mostPixels = 50_000_000;
/** Pixels that a picture is drawn with, at most. */
const widest = 320;
const highest = 240;

/** An image to show, in pixels as it is drawn; or how many pixels one has that is not decoded. `url` is to be revoked. */
export type Picture =
  | { readonly kind: 'picture'; readonly url: string; readonly width: number; readonly height: number }
  | { readonly kind: 'too large'; readonly pixels: number };

/** Returns what to show of a file; undefined for anything but a raster image of a bearable size, by its bytes and whatever it is called. */
export async function openPicture(file: Blob): Promise<Picture | undefined> {
  if (file.size > mostPictureBytes || !mayBeImage(await bytesOf(file.slice(0, 12)))) return undefined;
  const bytes = await bytesOf(file);
  const image = rasterImage(bytes);
  if (image === undefined || image.width === 0 || image.height === 0) return undefined;
  const { mediaType, width, height } = image;
  if (width * height > mostPixels) return { kind: 'too large', pixels: width * height };
  const scale = Math.min(1, widest / width, highest / height);
  return {
    kind: 'picture',
    // Of the type that its bytes have, never of the one that its sender says.
    url: URL.createObjectURL(new Blob([bytes], { type: mediaType })),
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

async function bytesOf(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.arrayBuffer());
}

/** True when the first twelve bytes are the beginning of some raster image: only then the rest is read. */
function mayBeImage(bytes: Uint8Array): boolean {
  const text = String.fromCharCode(...bytes);
  return /^(\x89PNG|GIF8|\xff\xd8|BM|RIFF.{4}WEBP|.{4}ftyp)/s.test(text);
}
