import * as v from 'valibot';
import { expect, it } from 'vitest';
import { decode } from '../codec/reader.ts';
import { encode } from '../codec/writer.ts';
import { toLeafIndex } from '../indices.ts';
import { decodeNodeList, writeNodeList } from '../structures/node.ts';
import { type Proposal, readProposal } from '../structures/proposal.ts';
import { nodesOf, treeFromNodes } from '../tree/node-list.ts';
import { addLeaf, type RatchetTree, removeLeaf, treeHash, updateLeaf } from '../tree/ratchet-tree.ts';
import { checkSuiteVectors, hex } from './testing/load.ts';

function applied(tree: RatchetTree, proposal: Proposal, sender: number): RatchetTree {
  switch (proposal.type) {
    case 'add':
      return addLeaf(tree, proposal.keyPackage.leafNode).tree;
    case 'update':
      return updateLeaf(tree, toLeafIndex(sender), proposal.leafNode);
    case 'remove':
      return removeLeaf(tree, proposal.removed);
    default:
      throw new Error(`A vector has a proposal of the type ${proposal.type}.`);
  }
}

it('adds, updates and removes as the official vectors have it', async () => {
  const tally = await checkSuiteVectors(
    'tree-operations',
    {
      proposal: hex,
      proposal_sender: v.number(),
      tree_before: hex,
      tree_after: hex,
      tree_hash_before: hex,
      tree_hash_after: hex,
    },
    (value, suite) => {
      const before = treeFromNodes(decodeNodeList(value.tree_before));
      expect(treeHash(suite, before)).toEqual(value.tree_hash_before);
      const after = applied(before, decode(readProposal, value.proposal), value.proposal_sender);
      expect(encode(writeNodeList, nodesOf(after))).toEqual(value.tree_after);
      expect(treeHash(suite, after)).toEqual(value.tree_hash_after);
      expect(encode(writeNodeList, nodesOf(before))).toEqual(value.tree_before);
    },
  );
  expect(tally.passed).toBeGreaterThan(0);
});
