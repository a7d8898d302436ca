import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Bytes, concat } from '../bytes.ts';
import { hex } from '../vectors/testing/load.ts';
import { fromBase64url } from './base64url.ts';
import { isSoundPublicKey, isSoundSignature } from './ed25519-encoding.ts';
import { littleEndian32 } from './little-endian.ts';
import { cipherSuite } from './suites.ts';

const p = 2n ** 255n - 19n;
const order = 2n ** 252n + 27742317777372353535851937790883648493n;
const message = new TextEncoder().encode('a message');

function encoded(number: bigint): Bytes {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((number >> BigInt(8 * i)) & 0xffn));
}

const order8 = [
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
];
/** Of order 4, 1, 2 and 8, each with both signs of x. */
const smallOrder = [0n, 1n, p - 1n, ...order8].map(encoded).flatMap((y) => [y, withSign(y)]);
const notCanonical = Array.from({ length: 19 }, (_, i) => encoded(p + BigInt(i))).flatMap((y) => [y, withSign(y)]);

function withSign(y: Bytes): Bytes {
  const other = y.slice();
  other[31] = (other[31] ?? 0) | 0x80;
  return other;
}

async function sha512(...parts: Bytes[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-512', concat(...parts)));
}

const number = (bytes: Bytes) =>
  littleEndian32(bytes, 0) + (bytes.length > 32 ? littleEndian32(bytes, 32) << 256n : 0n);

/** A key whose seed is known, so that signatures can be made that no platform makes. */
async function knownKey() {
  const seed = new Uint8Array(32).fill(9);
  const prefix = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);
  const key = await crypto.subtle.importKey('pkcs8', concat(prefix, seed), 'Ed25519', true, ['sign']);
  const { x = '' } = await crypto.subtle.exportKey('jwk', key);
  const scalar = (await sha512(seed)).slice(0, 32);
  scalar[0] = (scalar[0] ?? 0) & 0xf8;
  scalar[31] = ((scalar[31] ?? 0) & 0x7f) | 0x40;
  return { privateKey: key, publicKey: fromBase64url(x), scalar: number(scalar) };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('Ed25519', async () => {
  const { signature: scheme } = await cipherSuite(0xf64a);

  it('verifies what it signed, under that key and for that message', async () => {
    const { publicKey, privateKey } = await scheme.generateKeyPair();
    expect(privateKey.extractable).toBe(false);
    const signature = await scheme.sign(privateKey, message);
    expect(await scheme.verify(publicKey, message, signature)).toBe(true);
    expect(await scheme.verify(publicKey, message.subarray(1), signature)).toBe(false);
    expect(await scheme.verify((await scheme.generateKeyPair()).publicKey, message, signature)).toBe(false);
    for (const length of [0, 63, 65]) {
      expect(await scheme.verify(publicKey, message, concat(signature, signature).slice(0, length))).toBe(false);
    }
    for (const length of [0, 31, 33]) {
      expect(await scheme.verify(concat(publicKey, publicKey).slice(0, length), message, signature)).toBe(false);
    }
  });

  it('is tried with points whose double is one of the two with y = 0', () => {
    const d = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;
    for (const y of order8) expect((d * y ** 4n + 2n * y ** 2n - 1n) % p).toBe(0n);
  });

  it('takes no key of small order or not canonical, with the signatures that platforms take under those', async () => {
    const asked = vi.spyOn(crypto.subtle, 'verify');
    const constant = [encoded(1n), encoded(0n), encoded(p - 1n), encoded(p + 1n)].map((r) => concat(r, encoded(0n)));
    for (const key of [...smallOrder, ...notCanonical]) {
      expect(isSoundPublicKey(key)).toBe(false);
      for (const signature of constant) expect(await scheme.verify(key, message, signature)).toBe(false);
    }
    expect(asked).not.toHaveBeenCalled();
  });

  it('takes no R of small order or not canonical, though the equation holds, without asking the platform', async () => {
    const { publicKey, scalar } = await knownKey();
    expect(isSoundPublicKey(publicKey)).toBe(true);
    const asked = vi.spyOn(crypto.subtle, 'verify');
    for (const r of [...smallOrder, ...notCanonical]) {
      const challenge = number(await sha512(r, publicKey, message)) % order;
      const signature = concat(r, encoded((challenge * scalar) % order));
      expect(isSoundSignature(signature)).toBe(false);
      expect(await scheme.verify(publicKey, message, signature)).toBe(false);
    }
    expect(asked).not.toHaveBeenCalled();
  });

  it('takes no S from L upwards', async () => {
    const { publicKey, privateKey } = await knownKey();
    const signature = await scheme.sign(privateKey, message);
    const s = number(signature.slice(32));
    expect(await scheme.verify(publicKey, message, concat(signature.slice(0, 32), encoded(s)))).toBe(true);
    for (let other = s + order; other < 2n ** 256n; other += order) {
      const raised = concat(signature.slice(0, 32), encoded(other));
      expect(isSoundSignature(raised)).toBe(false);
      expect(await scheme.verify(publicKey, message, raised)).toBe(false);
    }
  });

  it('says no to a key of no point, and does not throw', async () => {
    const { privateKey } = await knownKey();
    const signature = await scheme.sign(privateKey, message);
    expect(await scheme.verify(encoded(2n), message, signature)).toBe(false);
  });

  it('agrees with Wycheproof', async () => {
    const file = join(import.meta.dirname, '../../protocol/vectors/wycheproof/ed25519_test.json');
    const test = v.object({ msg: hex, sig: hex, result: v.picklist(['valid', 'invalid']) });
    const schema = v.object({
      testGroups: v.array(v.object({ publicKey: v.object({ pk: hex }), tests: v.array(test) })),
    });
    const seen = { valid: 0, invalid: 0 };
    for (const group of v.parse(schema, JSON.parse(readFileSync(file, 'utf8'))).testGroups) {
      for (const { msg, sig, result } of group.tests) {
        expect(await scheme.verify(group.publicKey.pk, msg, sig)).toBe(result === 'valid');
        seen[result]++;
      }
    }
    expect(seen).toEqual({ valid: 88, invalid: 63 });
  });
});

describe.each([2, 4, 5, 7])('the signatures of suite %i', (id) => {
  it('verify under their key, and are refused when a byte is another or missing', async () => {
    const { signature: scheme } = await cipherSuite(id);
    const { publicKey, privateKey } = await scheme.generateKeyPair();
    const signature = await scheme.sign(privateKey, message);
    expect(await scheme.verify(publicKey, message, signature)).toBe(true);
    expect(await scheme.verify(publicKey, message.subarray(1), signature)).toBe(false);
    for (const at of [0, 1, 2, 5, signature.length - 1]) {
      const altered = signature.slice();
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(await scheme.verify(publicKey, message, altered)).toBe(false);
    }
    for (const wrong of [publicKey.slice(1), concat(publicKey, encoded(0n)), publicKey.slice().fill(0xff, 1, 9)]) {
      expect(await scheme.verify(wrong, message, signature)).toBe(false);
    }
  });

  it('take no private key that is none', async () => {
    const { signature: scheme } = await cipherSuite(id);
    const { publicKey } = await scheme.generateKeyPair();
    await expect(scheme.importPrivateKey(new Uint8Array(5), publicKey)).rejects.toThrow('invalid_private_key');
  });
});
