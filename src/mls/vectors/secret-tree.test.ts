import * as v from 'valibot';
import { expect, it } from 'vitest';
import { toLeafIndex } from '../indices.ts';
import { createSecretTree, messageKeyOf } from '../schedule/secret-tree.ts';
import { senderDataKey } from '../schedule/sender-data.ts';
import { checkSuiteVectors, hex } from './testing/load.ts';

const generation = v.object({
  generation: v.number(),
  application_key: hex,
  application_nonce: hex,
  handshake_key: hex,
  handshake_nonce: hex,
});

it('derives the keys of messages and of sender data as the official vectors have them', async () => {
  const tally = await checkSuiteVectors(
    'secret-tree',
    {
      sender_data: v.object({ sender_data_secret: hex, ciphertext: hex, key: hex, nonce: hex }),
      encryption_secret: hex,
      leaves: v.array(v.array(generation)),
    },
    (value, suite) => {
      const { sender_data_secret: secret, ciphertext, key, nonce } = value.sender_data;
      expect(senderDataKey(suite, secret, ciphertext)).toEqual({ key, nonce });

      let tree = createSecretTree(value.encryption_secret, value.leaves.length);
      for (const [index, generations] of value.leaves.entries()) {
        for (const expected of generations) {
          for (const type of ['application', 'handshake'] as const) {
            const taken = messageKeyOf(suite, tree, toLeafIndex(index), type, expected.generation);
            expect([taken.key, taken.nonce]).toEqual([expected[`${type}_key`], expected[`${type}_nonce`]]);
            ({ tree } = taken);
          }
        }
      }
    },
  );
  expect(tally.passed).toBeGreaterThan(0);
});
