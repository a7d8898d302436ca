import { KEM_DHKEM_X25519_HKDF_SHA256, KEM_MLKEM768_X25519 } from 'hpke';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { kemFactory } from './providers.ts';
import { cipherSuite } from './suites.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What stands in front of the bytes of a private key (RFC 8410, section 7). */
const pkcs8PrefixLength = 16;

const notSupported = () => new DOMException('The platform lacks it.', 'NotSupportedError');

describe('a platform', () => {
  it('without ML-KEM has the KEM of the library in JavaScript, which a trial finds', async () => {
    expect(await kemFactory('KEM_MLKEM768_X25519')).toBe(KEM_MLKEM768_X25519);
    const lacking = vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(notSupported());
    expect(await kemFactory('KEM_MLKEM768_X25519')).not.toBe(KEM_MLKEM768_X25519);
    await expect(kemFactory('KEM_MLKEM768_X25519', 'platform')).rejects.toThrow('unsupported_cipher_suite');
    expect(lacking).toHaveBeenCalled();
  });

  it.each([4, 5])('without the signatures of suite %i lacks the suite, until it has them', async (id) => {
    vi.spyOn(crypto.subtle, 'generateKey').mockRejectedValueOnce(notSupported());
    await expect(cipherSuite(id, 'javascript')).rejects.toThrow('unsupported_cipher_suite');
    expect(await cipherSuite(id, 'javascript')).toBe(await cipherSuite(id, 'javascript'));
  });

  it('that fails at some signature keys, as WebKitGTK does, is asked again, and not for ever', async () => {
    const { signature } = await cipherSuite(0xf64a);
    const failure = new DOMException('The operation failed.', 'OperationError');
    const generateKey = vi.spyOn(crypto.subtle, 'generateKey').mockRejectedValueOnce(failure);
    expect((await signature.generateKeyPair()).publicKey).toHaveLength(32);
    generateKey.mockRejectedValue(failure);
    await expect(signature.generateKeyPair()).rejects.toBe(failure);
  });

  it('that takes no private key with a leading zero byte, as WebKitGTK does, has X25519 in JavaScript', async () => {
    expect(await kemFactory('KEM_DHKEM_X25519_HKDF_SHA256')).toBe(KEM_DHKEM_X25519_HKDF_SHA256);
    const importKey = crypto.subtle.importKey.bind(crypto.subtle);
    const picky = async (...[format, data, ...rest]: [unknown, unknown, ...unknown[]]): Promise<CryptoKey> => {
      if (format === 'pkcs8' && data instanceof Uint8Array && data.at(pkcs8PrefixLength) === 0) {
        throw new DOMException('Data error.', 'DataError');
      }
      return Reflect.apply(importKey, crypto.subtle, [format, data, ...rest]);
    };
    vi.spyOn(crypto.subtle, 'importKey').mockImplementation(picky);
    expect(await kemFactory('KEM_DHKEM_X25519_HKDF_SHA256')).not.toBe(KEM_DHKEM_X25519_HKDF_SHA256);
  });
});
