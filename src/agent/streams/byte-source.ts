import type { Bytes } from '../../protocol/bytes.ts';

/** Where the bytes of a stream come from, one call after the other. */
export interface ByteSource {
  /** Returns the next bytes, which must not change any more; undefined at the end. Rejects when there will be no more. */
  next(): Promise<Bytes | undefined>;
  /** Ends it early. */
  cancel(reason: unknown): Promise<void>;
}

/** Returns the bytes of a web stream. */
export function sourceOfStream(stream: ReadableStream<Bytes>): ByteSource {
  const reader = stream.getReader();
  return {
    next: async () => {
      const { done, value } = await reader.read();
      return done ? undefined : value;
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

/** Returns bytes that there are already, as a source of them. */
export function sourceOfBytes(bytes: Bytes): ByteSource {
  let left: Bytes | undefined = bytes;
  return {
    next: async () => {
      const given = left;
      left = undefined;
      return given;
    },
    cancel: async () => undefined,
  };
}
