import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { readRsaPublicKey } from '../../pki/rsa-public-key.ts';
import { type Bytes, concat, fromHex, toHex } from '../bytes.ts';
import { open, seal } from '../crypto/aead.ts';
import { importEd25519Key, verifyEd25519 } from '../crypto/ed25519.ts';
import { hkdfBytes, importKeyMaterial } from '../crypto/hkdf.ts';
import { decryptOaep } from '../crypto/rsa-oaep.ts';
import { verifyPss } from '../crypto/signatures.ts';
import { x25519 } from '../crypto/x25519.ts';
import { ParleyError } from '../errors.ts';
import { hex, readGroups } from './testing/wycheproof.ts';

const { subtle } = crypto;

describe('Wycheproof', () => {
  test('AES-GCM, 256-bit keys, 96-bit IVs, 128-bit tags', async () => {
    const sizes = { keySize: v.number(), ivSize: v.number(), tagSize: v.number() };
    const groups = readGroups('aes_gcm_test.json', sizes, { key: hex, iv: hex, aad: hex, msg: hex, ct: hex, tag: hex });
    const ours = groups.filter(({ keySize, ivSize, tagSize }) => keySize === 256 && ivSize === 96 && tagSize === 128);
    const seen = { valid: 0, invalid: 0 };
    for (const { tcId, result, key: raw, iv, aad, msg, ct, tag } of ours.flatMap(({ tests }) => tests)) {
      const key = await subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
      const opened = await open(subtle, key, { iv, ciphertext: ct, tag }, aad);
      if (result === 'valid') {
        expect(opened, `${tcId}`).toEqual(msg);
        expect(await seal(subtle, key, iv, aad, msg), `${tcId}`).toEqual({ iv, ciphertext: ct, tag });
        seen.valid++;
      } else {
        expect(opened, `${tcId}`).toBeUndefined();
        seen.invalid++;
      }
    }
    expect(seen).toEqual({ valid: 39, invalid: 27 });
  });

  test('HKDF-SHA-256', async () => {
    const tests = readGroups(
      'hkdf_sha256_test.json',
      {},
      { ikm: hex, salt: hex, info: hex, size: v.number(), okm: hex },
    );
    for (const { tcId, result, ikm, salt, info, size, okm } of tests.flatMap((group) => group.tests)) {
      const key = await importKeyMaterial(subtle, ikm);
      const derived = hkdfBytes(subtle, key, salt, info, size);
      if (result === 'valid') expect(await derived, `${tcId}`).toEqual(okm);
      else await expect(derived, `${tcId}`).rejects.toThrow();
    }
  });

  test('X25519: the right secret, and none that is all zero', async () => {
    const pkcs8 = fromHex('302e020100300506032b656e04220420');
    const groups = readGroups('x25519_test.json', {}, { public: hex, private: hex, shared: hex });
    const seen = { secret: 0, refused: 0 };
    for (const { tcId, public: peer, private: own, shared } of groups.flatMap(({ tests }) => tests)) {
      const key = await subtle.importKey('pkcs8', concat(pkcs8, own), 'X25519', false, ['deriveBits']);
      const secret = x25519(subtle, key, peer);
      if (shared.every((byte) => byte === 0)) {
        await expect(secret, `${tcId}`).rejects.toThrow(ParleyError);
        seen.refused++;
      } else {
        expect(await secret, `${tcId}`).toEqual(shared);
        seen.secret++;
      }
    }
    expect(seen.secret).toBeGreaterThan(400);
    expect(seen.refused).toBeGreaterThan(10);
  });

  test('Ed25519', async () => {
    const groups = readGroups('ed25519_test.json', { publicKey: v.object({ pk: hex }) }, { msg: hex, sig: hex });
    for (const { publicKey, tests } of groups) {
      const key = await importEd25519Key(subtle, publicKey.pk);
      for (const { tcId, result, msg, sig } of tests) {
        expect(await verifyEd25519(subtle, key, sig, msg), `${tcId}`).toBe(result === 'valid');
      }
    }
  });

  test.each(['2048_sha256_mgf1_32', '3072_sha256_mgf1_32', '4096_sha256_mgf1_32'])('RSA-PSS %s', async (name) => {
    for (const { tcId, result, verified } of await verifyAllPss(name)) {
      expect(verified, `${tcId}`).toBe(result === 'valid');
    }
  });

  test('RSA-PSS with another salt length is refused', async () => {
    const unsalted = (await verifyAllPss('2048_sha256_mgf1_0')).filter(({ result }) => result === 'valid');
    expect(unsalted.length).toBeGreaterThan(50);
    expect(unsalted.filter(({ verified }) => verified)).toEqual([]);
  });

  test.each(['2048_sha256_mgf1sha256', '3072_sha256_mgf1sha256'])('RSA-OAEP %s, empty label', async (name) => {
    const seen = { opened: 0, refused: 0 };
    for (const { tcId, result, label, msg, opened } of await openAllOaep(name)) {
      if (result === 'valid' && label.length === 0) {
        expect(opened, `${tcId}`).toEqual(msg);
        seen.opened++;
      } else {
        expect(opened, `${tcId}`).toBeUndefined();
        seen.refused++;
      }
    }
    expect(seen.opened).toBeGreaterThan(5);
    expect(seen.refused).toBeGreaterThan(5);
  });

  test('RSA-OAEP with MGF1-SHA-1 is refused', async () => {
    const tests = await openAllOaep('2048_sha256_mgf1sha1');
    expect(tests.length).toBeGreaterThan(20);
    expect(tests.filter(({ opened }) => opened !== undefined)).toEqual([]);
  });
});

async function verifyAllPss(name: string) {
  const verdicts: { tcId: number; result: string; verified: boolean }[] = [];
  for (const { publicKeyDer, tests } of readGroups(
    `rsa_pss_${name}_test.json`,
    { publicKeyDer: hex },
    { msg: hex, sig: hex },
  )) {
    const accepted = await readRsaPublicKey(publicKeyDer, 'signing');
    if (accepted === undefined) throw new Error(`the key ${toHex(publicKeyDer)} was not accepted`);
    for (const { tcId, result, msg, sig } of tests) {
      verdicts.push({ tcId, result, verified: await verifyPss(subtle, accepted.key, sig, msg) });
    }
  }
  return verdicts;
}

async function openAllOaep(name: string) {
  const opened: { tcId: number; result: string; label: Bytes; msg: Bytes; opened: Bytes | undefined }[] = [];
  for (const { privateKeyPkcs8, tests } of readGroups(
    `rsa_oaep_${name}_test.json`,
    { privateKeyPkcs8: hex },
    { msg: hex, ct: hex, label: hex },
  )) {
    const algorithm = { name: 'RSA-OAEP', hash: 'SHA-256' };
    const key = await subtle.importKey('pkcs8', privateKeyPkcs8, algorithm, false, ['decrypt']);
    for (const { ct, ...rest } of tests) opened.push({ ...rest, opened: await decryptOaep(subtle, key, ct) });
  }
  return opened;
}
