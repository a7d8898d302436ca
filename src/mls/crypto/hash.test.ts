import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashFunction } from './hash.ts';
import { nodeHash } from './node-hash.ts';

describe.each([
  ['SHA-256', 32],
  ['SHA-384', 48],
  ['SHA-512', 64],
] as const)('%s', (name, hashLength) => {
  const ours = hashFunction(name);
  const javaScript = hashFunction(name, 'javascript');

  it('is Node’s here, and the same as in JavaScript', () => {
    expect(nodeHash(name)).toBeDefined();
    expect(ours.hashLength).toBe(hashLength);
    const bytes = fc.uint8Array({ maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(bytes, bytes, fc.integer({ min: 0, max: 255 }), (key, data, length) => {
        expect(ours.hash(data)).toEqual(javaScript.hash(data));
        expect(ours.mac(key, data)).toEqual(javaScript.mac(key, data));
        expect(ours.extract(key, data)).toEqual(javaScript.extract(key, data));
        expect(ours.expand(key, data, length)).toEqual(javaScript.expand(key, data, length));
      }),
      { numRuns: 60 },
    );
  });

  it('derives as WebCrypto does', async () => {
    const [salt, ikm, info] = [1, 2, 3].map((seed) => new Uint8Array(40).fill(seed));
    if (salt === undefined || ikm === undefined || info === undefined) throw new Error('Three were made.');
    const key = await crypto.subtle.importKey('raw', ikm, 'HKDF', false, ['deriveBits']);
    const length = 3 * hashLength + 5;
    const bits = await crypto.subtle.deriveBits({ name: 'HKDF', hash: name, salt, info }, key, 8 * length);
    for (const each of [ours, javaScript]) {
      expect(each.expand(each.extract(salt, ikm), info, length)).toEqual(new Uint8Array(bits));
    }
  });
});
