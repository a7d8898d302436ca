import type { Bytes } from '../protocol/bytes.ts';
import { concat } from '../protocol/bytes.ts';
import type { ParleyError } from '../protocol/errors.ts';
import { LimitReached } from './limit-reached.ts';

/** Whether a part of a body is kept. */
export type Keep = 'keep' | 'drop';

/**
 * Reads the body of a request or answer, only as far as `limit` bytes. Throws `message_too_large` as soon as there is
 * more, before anything is parsed (protocol page, section 1). `received` is given each part as it comes and says
 * whether it is kept; what it throws ends the reading. Firefox has no `Request.body`: a request there is read whole,
 * which costs at most as much again as it already takes in memory, since only a request that came over the network
 * could stream, and this platform has none.
 */
export async function readBody(
  message: Request | Response,
  limit: number,
  received: (part: Uint8Array) => Keep | Promise<Keep> = () => 'keep',
): Promise<Bytes> {
  if (Number(message.headers.get('content-length') ?? 0) > limit) {
    await message.body?.cancel();
    throw messageTooLarge(limit);
  }
  if (message.body === null) return new Uint8Array(0);
  if (message.body === undefined) {
    const whole = new Uint8Array(await message.arrayBuffer());
    if (whole.length > limit) throw messageTooLarge(limit);
    return whole.length === 0 || (await received(whole)) === 'keep' ? whole : new Uint8Array(0);
  }
  const reader = message.body.getReader();
  const chunks: Bytes[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return wholeOf(chunks);
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      throw messageTooLarge(limit);
    }
    try {
      if ((await received(value)) === 'keep') chunks.push(value);
    } catch (error) {
      await reader.cancel();
      throw error;
    }
  }
}

/** Returns the refusal `message_too_large` of a body of more than `limit` bytes. */
export function messageTooLarge(limit: number): ParleyError {
  return new LimitReached('body_bytes', `The body may have at most ${limit} bytes.`, { code: 'message_too_large' });
}

/** Returns a body in one piece. One that came so, and is all of its buffer, is not copied again. */
export function wholeOf(chunks: readonly Bytes[]): Bytes {
  const [only, ...others] = chunks;
  const isWhole = only !== undefined && others.length === 0 && only.length === only.buffer.byteLength;
  return isWhole ? only : concat(...chunks);
}
