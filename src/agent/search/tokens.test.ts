import { expect, test } from 'vitest';
import { toHex } from '../../protocol/bytes.ts';
import { SearchTokens } from './tokens.ts';

const makeKey = () => crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']);

test('tokens are as documented: HMAC-SHA-256 of label, kind and word, the first 8 bytes', async () => {
  const raw = new Uint8Array(32).fill(7);
  const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const expected = async (kind: number) => {
    const input = new TextEncoder().encode(`parley/1 search token\0${String.fromCharCode(kind)}zürich`);
    return toHex(new Uint8Array(await crypto.subtle.sign('HMAC', key, input)).subarray(0, 8));
  };
  const tokens = new SearchTokens(crypto.subtle, key);
  expect(toHex(await tokens.ofWord('zürich'))).toBe(await expected(1));
  expect(toHex(await tokens.ofPrefix('zürich'))).toBe(await expected(2));
});

test('two agents share no token, and a word is not its own prefix', async () => {
  const one = await new SearchTokens(crypto.subtle, await makeKey()).ofWords(['blue', 'door']);
  const other = await new SearchTokens(crypto.subtle, await makeKey()).ofWords(['blue', 'door']);
  const all = [...one, ...other].map(toHex);
  // Each word, and its prefixes of two, three and four letters.
  expect(one).toHaveLength(8);
  expect(new Set(all).size).toBe(16);
});

test('a token is made once for as long as it is remembered, and a failed one does not stay', async () => {
  let made = 0;
  let isBroken = true;
  const key = await makeKey();
  const subtle = new Proxy(crypto.subtle, {
    get(target, name) {
      if (name !== 'sign') return Reflect.get(target, name);
      return (...args: Parameters<SubtleCrypto['sign']>) => {
        made++;
        return isBroken ? Promise.reject(new Error('broken')) : target.sign(...args);
      };
    },
  });
  const tokens = new SearchTokens(subtle, key);
  await expect(tokens.ofWord('blue')).rejects.toThrow('broken');
  isBroken = false;
  const first = await tokens.ofWord('blue');
  expect(await tokens.ofWord('blue')).toEqual(first);
  expect(made).toBe(2);
});
