import { Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../../protocol/bytes.ts';
import { encodeUtf8 } from '../../protocol/scratch-buffer.ts';
import { decryptUnderPassphrase, encryptUnderPassphrase, requirePassphrase } from './passphrase-file.ts';

const passphrase = 'correct horse battery staple';
/** As little work as scrypt can do, for what is tried a hundred times. */
const quick = 1;
const words = 'Where is the heirloom? Under the floorboards.';

const encrypt = (text: string) => encryptUnderPassphrase(new Blob([text]), passphrase, quick);
const decrypt = async (file: Bytes, given = passphrase) =>
  new TextDecoder().decode(await decryptUnderPassphrase(file, given));

describe('a file under a passphrase', () => {
  test('opens with it, whatever its length', async () => {
    for (const length of [0, 1, 65_535, 65_536, 65_537, 200_000]) {
      expect(await decrypt(await encrypt('x'.repeat(length)))).toBe('x'.repeat(length));
    }
  });

  test('takes as much work as age itself does, unless asked otherwise', async () => {
    const file = await encryptUnderPassphrase(new Blob([words]), passphrase);
    expect(new TextDecoder().decode(file.subarray(0, 60))).toMatch(/^age-encryption\.org\/v1\n-> scrypt \S{22} 18\n/);
  });

  test('shows none of the words in it', async () => {
    const text = new TextDecoder('latin1').decode(await encrypt(words.repeat(3_000)));
    expect(words.split(' ').filter((word) => word.length > 3 && text.includes(word))).toEqual([]);
  });

  test('stays closed to another passphrase, and says what may be wrong', async () => {
    await expect(decrypt(await encrypt(words), `${passphrase}.`)).rejects.toThrow(
      'invalid_input: The passphrase is wrong, or the beginning of the file is damaged. Type it again. Nothing was imported.',
    );
  });

  test('is refused with any bit of it flipped', async () => {
    const file = await encrypt(words);
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.nat(7), async (at, bit) => {
        const altered = file.slice();
        altered[at] = (altered[at] ?? 0) ^ (1 << bit);
        await expect(decrypt(altered)).rejects.toMatchObject({ code: 'invalid_input' });
      }),
      { numRuns: 1_000 },
    );
  });

  test('is refused when it is cut short, goes on, or has its content damaged, though the passphrase is right', async () => {
    const file = await encrypt('x'.repeat(200_000));
    const altered = file.slice();
    altered[150_000] = (altered[150_000] ?? 0) ^ 1;
    for (const damaged of [file.slice(0, -1), file.slice(0, 66_000), new Uint8Array([...file, 0]), altered]) {
      await expect(decrypt(damaged)).rejects.toThrow('The passphrase is right, but the file is damaged or cut short.');
    }
  });

  test('is refused before any work when it asks for too much of it', async () => {
    const greedy = new TextDecoder('latin1').decode(await encrypt(words)).replace(/ 1\n/, ' 19\n');
    const file = Uint8Array.from(greedy, (character) => character.charCodeAt(0));
    await expect(decrypt(file)).rejects.toThrow('This file needs more work than Parley allows (2^19, at most 2^18).');
  });

  test('is told from everything else', async () => {
    const toAKey = new Encrypter();
    toAKey.addRecipient(await identityToRecipient(await generateIdentity()));
    const others = [
      new Uint8Array(),
      encodeUtf8('{"format":"parley-history/1"}'),
      new Uint8Array(await toAKey.encrypt(words)),
    ];
    for (const other of others) {
      await expect(decrypt(other)).rejects.toThrow('it is not in the age format under a passphrase');
    }
  });
});

describe('a passphrase', () => {
  test.each(['', 'eleven 1111', '🔑'.repeat(11)])('of fewer than 12 characters is refused: “%s”', (short) => {
    expect(() => requirePassphrase(short)).toThrow('invalid_input: The passphrase needs at least 12 characters.');
  });

  test('of 12 is enough', () => {
    expect(() => requirePassphrase('twelve 12345')).not.toThrow();
  });
});
