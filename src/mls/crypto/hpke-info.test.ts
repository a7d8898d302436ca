import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA384, KEM_MLKEM768_X25519 } from 'hpke';
import { expect, it } from 'vitest';
import type { Bytes } from '../bytes.ts';
import { cipherSuite } from './suites.ts';

const bytes = (length: number, fill: number): Bytes => new Uint8Array(length).fill(fill);
const [aad, plaintext] = [bytes(3, 3), bytes(48, 4)];

it.each([1, 0xf64a])('takes an info of any length in suite %i: that of a Welcome holds the whole tree', async (id) => {
  const { hpke, hashLength } = await cipherSuite(id);
  const pair = await hpke.deriveKeyPair(bytes(hashLength, 1));
  for (const length of [0, 65_535, 65_536, 3_000_000]) {
    const info = bytes(length, 2);
    const seal = hpke.sealer(info);
    for (const sealed of await Promise.all([1, 2, 3].map(() => seal(pair.publicKey, aad, plaintext)))) {
      expect(await hpke.open(pair, info, aad, sealed)).toEqual(plaintext);
      await expect(hpke.open(pair, bytes(length + 1, 2), aad, sealed)).rejects.toThrow('decryption_failed');
    }
  }
});

it('derives what the library derives', async () => {
  const { hpke } = await cipherSuite(0xf64a);
  const library = new CipherSuite(KEM_MLKEM768_X25519, KDF_HKDF_SHA384, AEAD_AES_256_GCM);
  const ikm = bytes(48, 1);
  const [pair, theirs] = [await hpke.deriveKeyPair(ikm), await library.DeriveKeyPair(ikm, false)];
  const [info, exporterContext] = [bytes(100, 2), bytes(9, 5)];
  const sealed = await hpke.sealer(info)(pair.publicKey, aad, plaintext);
  expect(await library.Open(theirs, sealed.kemOutput, sealed.ciphertext, { info, aad })).toEqual(plaintext);
  const back = await library.Seal(theirs.publicKey, plaintext, { info, aad });
  const kemOutput = new Uint8Array(back.encapsulatedSecret);
  expect(await hpke.open(pair, info, aad, { kemOutput, ciphertext: new Uint8Array(back.ciphertext) })).toEqual(
    plaintext,
  );
  const sent = await hpke.sendExport(pair.publicKey, info, exporterContext, 48);
  expect(await library.ReceiveExport(theirs, sent.kemOutput, exporterContext, 48, { info })).toEqual(sent.secret);
});
