import { type Bytes, concat } from './bytes.ts';

const encoder = new TextEncoder();
/** Room for the inputs of one call on a message of up to some 256 KiB; longer ones get buffers of their own. */
const buffer = new Uint8Array(0x80000);
let used = 0;

/**
 * The inputs of one cryptographic call, side by side in one buffer that is used again and again and overwritten afterwards. A new buffer
 * for every input costs more than the cryptography of a short message.
 */
export class ScratchBuffer {
  /**
   * Makes a cryptographic call with a scratch buffer, and returns what it returns. SubtleCrypto copies its inputs before it returns its
   * promise, so `call` must not wait before it calls.
   */
  static use<T>(call: (scratch: ScratchBuffer) => T): T {
    const start = used;
    try {
      return call(shared);
    } finally {
      buffer.fill(0, start, used);
      used = start;
    }
  }

  /** Returns the parts side by side, text as UTF-8. The bytes are good until the call that they were made for returns. */
  concat(...parts: readonly (Uint8Array | string)[]): Bytes {
    const start = used;
    // Three bytes are the most that UTF-8 takes for one unit of a string.
    let most = 0;
    for (const part of parts) most += typeof part === 'string' ? 3 * part.length : part.length;
    if (most > buffer.length - used) {
      return concat(...parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part)));
    }
    for (const part of parts) {
      if (typeof part === 'string') {
        used += writeUtf8(part, buffer.subarray(used));
      } else {
        buffer.set(part, used);
        used += part.length;
      }
    }
    return buffer.subarray(start, used);
  }

  /** Returns what `write` writes into room for `most` bytes, of which it says how many it took; undefined when there is no such room. */
  filled(most: number, write: (into: Bytes) => number): Bytes | undefined {
    const start = used;
    if (most > buffer.length - start) return undefined;
    // What is there is overwritten also when `write` throws.
    used = start + most;
    const length = write(buffer.subarray(start, used));
    used = start + length;
    return buffer.subarray(start, used);
  }
}

const shared = new ScratchBuffer();

/** Writes the UTF-8 of `text` at the beginning of `into`, which has room for it, and returns its length. */
export function writeUtf8(text: string, into: Bytes): number {
  return copyShortAscii(text, into) ?? encoder.encodeInto(text, into).written;
}

/** Returns the number of bytes written; nothing for a text that is long or not ASCII. A call into the platform costs more than this. */
function copyShortAscii(text: string, into: Bytes): number | undefined {
  const { length } = text;
  if (length > 512) return undefined;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return undefined;
    into[i] = unit;
  }
  return length;
}

/** Returns the UTF-8 of `text` in a new buffer. */
export function encodeUtf8(text: string): Bytes {
  // Nearly every body is ASCII, and `encodeInto` a buffer of the right length takes a third of the time of `encode`.
  const bytes = new Uint8Array(text.length);
  return encoder.encodeInto(text, bytes).read === text.length ? bytes : encoder.encode(text);
}
