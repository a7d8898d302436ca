import { beforeAll, describe, expect, it } from 'vitest';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { groupOf } from '../testing/group-of.ts';
import { hostileCommit, ownLeafOf, proposed, updateLeafOf } from '../testing/hostile-member.ts';
import { refusal } from '../testing/reception.ts';
import { random, TestClient, type TestMember } from '../testing/test-member.ts';
import type { CreatedPath } from '../tree/create-path.ts';
import { replaceLeaf } from '../tree/ratchet-tree.ts';

let suite: CipherSuite;
let reader: TestMember;
let mallory: TestMember;
let others: readonly TestMember[];

beforeAll(async () => {
  suite = await cipherSuite(1);
  [reader, mallory, ...others] = await groupOf(suite, 5);
});

describe('a member whose proposals another commits', () => {
  it('is heard with an Update only that has a new and sound key, says where it is from, and is signed', async () => {
    const [third] = others;
    if (third === undefined) throw new Error('The group is too small.');
    const own = await updateLeafOf(third.state);
    const leaves = {
      update_key_not_new: await updateLeafOf(third.state, { encryptionKey: ownLeafOf(third.state).encryptionKey }),
      encryption_key_not_unique: await updateLeafOf(third.state, {
        encryptionKey: ownLeafOf(reader.state).encryptionKey,
      }),
      signature_key_not_unique: await updateLeafOf(
        { ...third.state, signatureKey: reader.state.signatureKey },
        { signatureKey: ownLeafOf(reader.state).signatureKey },
      ),
      invalid_public_key: await updateLeafOf(third.state, { encryptionKey: new Uint8Array(31).fill(9) }),
      update_leaf_source: await updateLeafOf(third.state, { source: { type: 'commit', parentHash: random(32) } }),
      leaf_signature_invalid: { ...own, signature: random(64) },
      leaf_extension_not_in_capabilities: await updateLeafOf(third.state, {
        extensions: [{ type: 0xf0f0, data: random(1) }],
      }),
    };
    const codes: string[] = [];
    for (const leafNode of Object.values(leaves)) {
      const { state, pending } = await proposed(third.state, reader.state, { type: 'update', leafNode });
      // Nobody encrypts to a key that is none: the path of this commit is made for the leaf as it was.
      const created = (path: CreatedPath): CreatedPath => ({
        ...path,
        tree: replaceLeaf(path.tree, third.leafIndex, ownLeafOf(third.state), ({ parent }) => parent),
      });
      codes.push(await refusal(state, await hostileCommit(mallory.state, { references: [pending], created })));
    }
    expect(codes).toEqual(Object.keys(leaves));
  });

  it('leaves no failed check behind when more than one fails', async () => {
    const unseen: unknown[] = [];
    const note = (reason: unknown): void => {
      unseen.push(reason);
    };
    process.on('unhandledRejection', note);
    try {
      const forged = await TestClient.create(suite, 'forged');
      const keyPackage = { ...forged.keyPackage, cipherSuite: 2 };
      const proposals = [
        { type: 'add', keyPackage },
        { type: 'add', keyPackage },
      ] as const;
      expect(await refusal(reader.state, await hostileCommit(mallory.state, { proposals }))).toBe(
        'key_package_suite_mismatch',
      );
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('unhandledRejection', note);
    }
    expect(unseen).toEqual([]);
  });
});
