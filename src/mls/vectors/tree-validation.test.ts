import * as v from 'valibot';
import { expect, it } from 'vitest';
import { toNodeIndex } from '../indices.ts';
import { decodeNodeList } from '../structures/node.ts';
import { rulesOf } from '../tree/leaf-validation.ts';
import { treeFromNodes } from '../tree/node-list.ts';
import { nodeHash, resolution } from '../tree/ratchet-tree.ts';
import { validateTree } from '../tree/tree-validation.ts';
import { checkSuiteVectors, hex } from './testing/load.ts';

it('validates the trees of the official vectors, with their resolutions and tree hashes', async () => {
  const tally = await checkSuiteVectors(
    'tree-validation',
    { tree: hex, group_id: hex, tree_hashes: v.array(hex), resolutions: v.array(v.array(v.number())) },
    async (value, suite) => {
      const tree = treeFromNodes(decodeNodeList(value.tree));
      expect(value.tree_hashes).toHaveLength(2 * tree.leafCount - 1);
      const nodes = value.tree_hashes.map((_, index) => toNodeIndex(index));
      expect(nodes.map((node) => nodeHash(suite, tree, node))).toEqual(value.tree_hashes);
      expect(nodes.map((node) => resolution(tree, node))).toEqual(value.resolutions);
      await validateTree(suite, tree, value.group_id, rulesOf({ cipherSuite: suite.id, extensions: [] }));
    },
  );
  expect(tally.passed).toBeGreaterThan(0);
});
