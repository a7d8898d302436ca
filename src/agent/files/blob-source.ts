import type { Bytes } from '../../protocol/bytes.ts';
import type { ByteSource } from '../streams/byte-source.ts';

/** Bytes of a piece. */
const pieceBytes = 256 * 1024;

/** Returns the bytes of a blob from an offset on, piece by piece: no more of them is in memory at once. */
export function sourceOfBlob(blob: Blob, from: number): ByteSource {
  let at = from;
  return {
    next: async (): Promise<Bytes | undefined> => {
      if (at >= blob.size) return undefined;
      const bytes = await pieceOf(blob, at, pieceBytes);
      at += bytes.length;
      return bytes;
    },
    cancel: async () => undefined,
  };
}

/** Returns up to `most` bytes of a blob from an offset on. Rejects when the file behind it has changed or is gone. */
export async function pieceOf(blob: Blob, at: number, most: number): Promise<Bytes> {
  const bytes = new Uint8Array(await blob.slice(at, at + most).arrayBuffer());
  if (bytes.length === 0) throw new TypeError('The blob is shorter than it says.');
  return bytes;
}
