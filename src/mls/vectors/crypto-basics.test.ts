import * as v from 'valibot';
import { expect, it } from 'vitest';
import {
  decryptWithLabel,
  deriveSecret,
  deriveTreeSecret,
  encrypterWithLabel,
  expandWithLabel,
  refHash,
  signWithLabel,
  verifyWithLabel,
} from '../crypto/labels.ts';
import { checkSuiteVectors, hex } from './testing/load.ts';

const length = v.number();
const label = v.string();

it('computes the labelled functions of section 5 and 8 as the official vectors have them', async () => {
  const tally = await checkSuiteVectors(
    'crypto-basics',
    {
      ref_hash: v.object({ label, value: hex, out: hex }),
      expand_with_label: v.object({ secret: hex, label, context: hex, length, out: hex }),
      derive_secret: v.object({ secret: hex, label, out: hex }),
      derive_tree_secret: v.object({ secret: hex, label, generation: v.number(), length, out: hex }),
      sign_with_label: v.object({ priv: hex, pub: hex, content: hex, label, signature: hex }),
      encrypt_with_label: v.object({
        priv: hex,
        pub: hex,
        label,
        context: hex,
        plaintext: hex,
        kem_output: hex,
        ciphertext: hex,
      }),
    },
    async (value, suite) => {
      const { ref_hash: ref, expand_with_label: expand, derive_secret: derive, derive_tree_secret: tree } = value;
      expect(refHash(suite, ref.label, ref.value)).toEqual(ref.out);
      expect(expandWithLabel(suite, expand.secret, expand.label, expand.context, expand.length)).toEqual(expand.out);
      expect(deriveSecret(suite, derive.secret, derive.label)).toEqual(derive.out);
      expect(deriveTreeSecret(suite, tree.secret, tree.label, tree.generation, tree.length)).toEqual(tree.out);

      const sign = value.sign_with_label;
      const { privateKey } = await suite.signature.importPrivateKey(sign.priv, sign.pub);
      const own = await signWithLabel(suite, privateKey, sign.label, sign.content);
      expect(await verifyWithLabel(suite, sign.pub, sign.label, sign.content, sign.signature)).toBe(true);
      expect(await verifyWithLabel(suite, sign.pub, sign.label, sign.content, own)).toBe(true);
      expect(await verifyWithLabel(suite, sign.pub, 'another', sign.content, sign.signature)).toBe(false);

      const encrypted = value.encrypt_with_label;
      const keyPair = await suite.hpke.importPrivateKey(encrypted.priv);
      expect(keyPair.publicKey).toEqual(encrypted.pub);
      const open = (
        sealed: { kemOutput: typeof encrypted.pub; ciphertext: typeof encrypted.pub },
        context = encrypted.context,
      ) => decryptWithLabel(suite, keyPair, encrypted.label, context, sealed);
      const encrypt = encrypterWithLabel(suite, encrypted.label, encrypted.context);
      const sealed = await encrypt(encrypted.pub, encrypted.plaintext);
      expect(await open({ kemOutput: encrypted.kem_output, ciphertext: encrypted.ciphertext })).toEqual(
        encrypted.plaintext,
      );
      expect(await open(sealed)).toEqual(encrypted.plaintext);
      await expect(open(sealed, Uint8Array.of(1))).rejects.toThrow('decryption_failed');
    },
  );
  expect(tally.passed).toBeGreaterThan(0);
});
