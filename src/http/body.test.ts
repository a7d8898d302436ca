import { describe, expect, test } from 'vitest';
import { readBody } from './body.ts';

const url = 'https://localhost:5001/agent/handshake';
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A request as Firefox has it: there is no `body`, only the ways to read all of it. */
function withoutStream(request: Request): Request {
  return Object.defineProperty(request, 'body', { value: undefined });
}

const post = (body: string, headers = {}) => withoutStream(new Request(url, { method: 'POST', body, headers }));

describe('a request without a stream', () => {
  test('is read to its end', async () => {
    const heard: number[] = [];
    const hear = (part: Uint8Array) => {
      heard.push(part.length);
      return 'keep' as const;
    };
    expect(text(await readBody(post('a hello'), 7, hear))).toBe('a hello');
    expect(heard).toEqual([7]);
  });

  test('has no bytes when nothing was sent', async () => {
    expect(await readBody(withoutStream(new Request(url)), 7)).toEqual(new Uint8Array(0));
  });

  test('is too large as soon as it has more bytes than the limit', async () => {
    await expect(readBody(post('a hello'), 6)).rejects.toMatchObject({ code: 'message_too_large' });
  });

  test('is not read when it says itself that it is too large', async () => {
    const request = post('a hello', { 'content-length': '7' });
    await expect(readBody(request, 6)).rejects.toMatchObject({ code: 'message_too_large' });
    expect(request.bodyUsed).toBe(false);
  });

  test('ends where who hears of it throws', async () => {
    const full = new Error('no room');
    const hear = () => {
      throw full;
    };
    await expect(readBody(post('a hello'), 7, hear)).rejects.toBe(full);
  });
});
