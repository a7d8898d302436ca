import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { type Bytes, concat, toHex } from '../bytes.ts';
import { decode } from '../codec/reader.ts';
import type { CipherSuite, HpkeKeyPair } from '../crypto/cipher-suite.ts';
import { deriveSecret } from '../crypto/labels.ts';
import { type LeafIndex, type NodeIndex, nodeOfLeaf, toLeafIndex, toNodeIndex } from '../indices.ts';
import { encodeGroupContext } from '../structures/group-context.ts';
import { decodeNodeList } from '../structures/node.ts';
import { readUpdatePath, type UpdatePath } from '../structures/update-path.ts';
import { applyPath } from '../tree/apply-path.ts';
import { createPath, encryptPath } from '../tree/create-path.ts';
import { decryptPath } from '../tree/decrypt-path.ts';
import { noRules } from '../tree/leaf-validation.ts';
import { treeFromNodes } from '../tree/node-list.ts';
import { deriveNodeSecret, type NodeSecret, type PrivateTree, prunePrivateTree } from '../tree/private-tree.ts';
import { leafAt, type RatchetTree, treeHash } from '../tree/ratchet-tree.ts';
import { checkSuiteVectors, hex } from './testing/load.ts';

const pathSecretSchema = v.object({ node: v.number(), path_secret: hex });
const privateSchema = v.object({
  index: v.number(),
  encryption_priv: hex,
  signature_priv: hex,
  path_secrets: v.array(pathSecretSchema),
});
type PrivateLeaf = v.InferOutput<typeof privateSchema>;

const nobody: ReadonlySet<LeafIndex> = new Set();
const random = (length: number): Bytes => concat(randomBytes(length));

async function privateTreeOf(suite: CipherSuite, leaf: PrivateLeaf): Promise<PrivateTree> {
  const leafIndex = toLeafIndex(leaf.index);
  const nodes = new Map<NodeIndex, NodeSecret>();
  nodes.set(nodeOfLeaf(leafIndex), { keyPair: await suite.hpke.importPrivateKey(leaf.encryption_priv) });
  for (const { node, path_secret: secret } of leaf.path_secrets) {
    nodes.set(toNodeIndex(node), await deriveNodeSecret(suite, deriveSecret(suite, secret, 'node')));
  }
  return { leafIndex, nodes };
}

/**
 * Returns the suite, which derives each key pair once: many members derive the same ones, and those of P-384 and P-521
 * take long.
 */
function derivingOnce(suite: CipherSuite): CipherSuite {
  const derived = new Map<string, Promise<HpkeKeyPair>>();
  const deriveKeyPair = (ikm: Bytes): Promise<HpkeKeyPair> => {
    const keyPair = derived.get(toHex(ikm)) ?? suite.hpke.deriveKeyPair(ikm);
    derived.set(toHex(ikm), keyPair);
    return keyPair;
  };
  return { ...suite, hpke: { ...suite.hpke, deriveKeyPair } };
}

it('decrypts the paths of the official vectors, and creates paths that all others decrypt', async () => {
  const tally = await checkSuiteVectors(
    'treekem',
    {
      group_id: hex,
      epoch: v.number(),
      confirmed_transcript_hash: hex,
      ratchet_tree: hex,
      leaves_private: v.array(privateSchema),
      update_paths: v.array(
        v.object({
          sender: v.number(),
          update_path: hex,
          path_secrets: v.array(v.nullable(hex)),
          commit_secret: hex,
          tree_hash_after: hex,
        }),
      ),
    },
    async (value, official) => {
      const suite = derivingOnce(official);
      const tree = treeFromNodes(decodeNodeList(value.ratchet_tree));
      const { group_id: groupId, epoch, confirmed_transcript_hash: confirmedTranscriptHash } = value;
      const members = await Promise.all(value.leaves_private.map((leaf) => privateTreeOf(suite, leaf)));
      for (const member of members) expect(prunePrivateTree(member, tree).consumed).toEqual([]);

      const contextOf = (after: RatchetTree): Bytes =>
        encodeGroupContext({
          cipherSuite: suite.id,
          groupId,
          epoch: BigInt(epoch),
          treeHash: treeHash(suite, after),
          confirmedTranscriptHash,
          extensions: [],
        });
      const decryptedBy = (privateTree: PrivateTree, sender: LeafIndex, path: UpdatePath, after: RatchetTree) => {
        const common = { treeBefore: tree, tree: after, sender, path, excluded: nobody };
        return decryptPath(suite, { ...common, privateTree, groupContext: contextOf(after) });
      };
      const appliedTo = (sender: LeafIndex, path: UpdatePath) =>
        applyPath(suite, { tree, sender, path, groupId, excluded: nobody, rules: noRules });

      for (const update of value.update_paths) {
        const sender = toLeafIndex(update.sender);
        const path = decode(readUpdatePath, update.update_path);
        const after = await appliedTo(sender, path);
        expect(treeHash(suite, after)).toEqual(update.tree_hash_after);
        const decryptAndCompare = async (member: PrivateTree): Promise<void> => {
          const { privateTree, commitSecret } = await decryptedBy(member, sender, path, after);
          expect(commitSecret).toEqual(update.commit_secret);
          const pathSecret = v.parse(v.instance(Uint8Array), update.path_secrets[member.leafIndex]);
          const nodeSecrets = [...privateTree.nodes.values()].flatMap(({ ikm }) => ikm ?? []);
          expect(nodeSecrets).toContainEqual(deriveSecret(suite, concat(pathSecret), 'node'));
          expect(prunePrivateTree(privateTree, after).privateTree).toEqual(privateTree);
        };
        await Promise.all(members.filter(({ leafIndex }) => leafIndex !== sender).map(decryptAndCompare));
      }

      const [first, ...others] = members;
      const sender = first?.leafIndex ?? toLeafIndex(0);
      const leaf = leafAt(tree, sender);
      const secrets = value.leaves_private.find(({ index }) => index === sender);
      if (leaf === undefined || secrets === undefined) throw new Error('A vector lacks the keys of a member.');
      const { privateKey } = await suite.signature.importPrivateKey(secrets.signature_priv, leaf.signatureKey);
      const made = await createPath(suite, {
        tree,
        leafIndex: sender,
        leaf,
        groupId,
        signatureKey: privateKey,
        random,
      });
      const path = await encryptPath(suite, made, { groupContext: contextOf(made.tree), excluded: nobody });
      const after = await appliedTo(sender, path);
      expect(treeHash(suite, after)).toEqual(treeHash(suite, made.tree));
      const read = await Promise.all(others.map((member) => decryptedBy(member, sender, path, after)));
      for (const { commitSecret } of read) expect(commitSecret).toEqual(made.commitSecret);
    },
  );
  expect(tally.passed).toBeGreaterThan(0);
});
