import { type Bytes, concat } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';

/** The bytes that came with a request: whole, or as a stream that its sender is still writing. They are read once. */
export interface RequestBody {
  /** The sender's word: `application/octet-stream` where it says nothing. */
  readonly mediaType: string;
  /** Bytes of all of it, where the sender says so. */
  readonly size?: number | undefined;
  /** The sender's word: a text to show, never a path. */
  readonly name?: string | undefined;
  /** The bytes in order. It errors when they do not come whole. */
  readonly stream: ReadableStream<Bytes>;
  /** Returns all of it. Rejects with `message_too_large` beyond `most` bytes, 16 MiB unless given, and as the stream errors. */
  bytes(most?: number): Promise<Bytes>;
}

/** Bytes that `RequestBody.bytes` puts together at most, unless it is told otherwise. */
const usualMost = 16 * 1024 * 1024;

/** Returns a body that is read from `stream`. */
export function requestBody(
  { mediaType = 'application/octet-stream', size, name }: Partial<Pick<RequestBody, 'mediaType' | 'size' | 'name'>>,
  stream: ReadableStream<Bytes>,
): RequestBody {
  const bytes = (most = usualMost) => collected(stream, most);
  return { mediaType, size, name, stream, bytes };
}

/** Returns a body whose bytes are there. */
export function wholeBody(bytes: Bytes): RequestBody {
  const stream = new ReadableStream<Bytes>({
    start: (controller) => {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
  return requestBody({ size: bytes.length }, stream);
}

async function collected(stream: ReadableStream<Bytes>, most: number): Promise<Bytes> {
  const parts: Bytes[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.length;
    if (length > most) {
      const tooLarge = new ParleyError('message_too_large', `The body of this request has more than ${most} bytes.`);
      await reader.cancel(tooLarge);
      throw tooLarge;
    }
    parts.push(read.value);
  }
  return concat(...parts);
}
