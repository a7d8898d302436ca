import { describe, expect, test } from 'vitest';
import { generated, withRepeatedGeneration } from './key-generation.ts';

const failed = () => new DOMException('The operation failed for an operation-specific reason', 'OperationError');

/** Fails `times` times, then gives a number; counts the calls. */
function failing(times: number, cause: () => unknown = failed) {
  const made = { calls: 0 };
  const make = async () => {
    made.calls += 1;
    if (made.calls <= times) throw cause();
    return 7;
  };
  return { made, make };
}

describe('a generation of a key', () => {
  test('that the platform failed is tried again', async () => {
    const { made, make } = failing(3);
    expect(await generated(make)).toBe(7);
    expect(made.calls).toBe(4);
  });

  test('that fails every time fails after four tries, with the platform’s error', async () => {
    const { made, make } = failing(Number.POSITIVE_INFINITY);
    await expect(generated(make)).rejects.toMatchObject({ name: 'OperationError' });
    expect(made.calls).toBe(4);
  });

  test.each([
    ['an algorithm that the platform does not have', () => new DOMException('', 'NotSupportedError')],
    ['what is no error of the platform', () => new TypeError('no')],
    ['what is no error', () => 'OperationError'],
  ])('is not tried again after %s', async (_of, cause) => {
    const { made, make } = failing(1, cause);
    await expect(generated(make)).rejects.toEqual(cause());
    expect(made.calls).toBe(1);
  });
});

test('a platform whose every third generation fails makes all keys of parley/1, and does all else as before', async () => {
  let calls = 0;
  const { subtle } = crypto;
  const unreliable = new Proxy(subtle, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (name === 'generateKey' && ++calls % 3 === 0) return Promise.reject(failed());
        return Reflect.apply(member, target, args);
      };
    },
  });
  const sure = withRepeatedGeneration(unreliable);
  for (let n = 0; n < 20; n++) {
    const { privateKey, publicKey } = await sure.generateKey('Ed25519', false, ['sign', 'verify']);
    const data = new Uint8Array([n]);
    expect(await sure.verify('Ed25519', publicKey, await sure.sign('Ed25519', privateKey, data), data)).toBe(true);
  }
  expect(calls).toBeGreaterThan(20);
  expect('encapsulateBits' in sure).toBe('encapsulateBits' in subtle);
});

test('Node’s own comes back as it is, for the calls that take its place', () => {
  expect(withRepeatedGeneration(crypto.subtle)).toBe(crypto.subtle);
});
