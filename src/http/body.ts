import type { Bytes } from '../protocol/bytes.ts';
import { concat } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';

/**
 * The body of a request or answer, read only as far as `limit` bytes. Throws `message_too_large` as soon as there is more,
 * before anything is parsed (protocol page, section 1). `received` is given each part as it comes and says whether it is kept; what
 * it throws ends the reading. Firefox has no `Request.body`: a request there is read whole, which costs at most as much again as it already takes
 * in memory, since only a request that came over the network could stream, and this platform has none.
 */
export async function readBody(
  message: Request | Response,
  limit: number,
  received: (part: Uint8Array) => 'keep' | 'drop' = () => 'keep',
): Promise<Bytes> {
  const tooLarge = () => new ParleyError('message_too_large', `The body may have at most ${limit} bytes.`);
  if (Number(message.headers.get('content-length') ?? 0) > limit) {
    await message.body?.cancel();
    throw tooLarge();
  }
  if (message.body === null) return new Uint8Array(0);
  if (message.body === undefined) {
    const whole = new Uint8Array(await message.arrayBuffer());
    if (whole.length > limit) throw tooLarge();
    return whole.length === 0 || received(whole) === 'keep' ? whole : new Uint8Array(0);
  }
  const reader = message.body.getReader();
  const chunks: Bytes[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joined(chunks);
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      throw tooLarge();
    }
    try {
      if (received(value) === 'keep') chunks.push(value);
    } catch (error) {
      await reader.cancel();
      throw error;
    }
  }
}

/** A body that came in one piece, which is all of its buffer, is that piece: a large one is not copied again. */
function joined(chunks: readonly Bytes[]): Bytes {
  const [only, ...others] = chunks;
  const isWhole = only !== undefined && others.length === 0 && only.length === only.buffer.byteLength;
  return isWhole ? only : concat(...chunks);
}
