import * as v from 'valibot';
import { expect, it } from 'vitest';
import { toNodeIndex } from '../indices.ts';
import { leftOf, nodeCount, parentOf, rightOf, rootOf, siblingOf } from '../tree/tree-math.ts';
import { vectorCases } from './testing/load.ts';

const nodes = v.array(v.nullable(v.number()));
const schema = v.object({
  n_leaves: v.number(),
  n_nodes: v.number(),
  root: v.number(),
  left: nodes,
  right: nodes,
  parent: nodes,
  sibling: nodes,
});

it('finds root, children, parent and sibling as the official vectors have them', () => {
  const cases = vectorCases('tree-math');
  for (const { value } of cases) {
    const expected = v.parse(schema, value);
    const { n_leaves: leafCount } = expected;
    expect(nodeCount(leafCount)).toBe(expected.n_nodes);
    expect(rootOf(leafCount)).toBe(expected.root);
    const all = Array.from({ length: expected.n_nodes }, (_, index) => toNodeIndex(index));
    expect(all.map((node) => leftOf(node) ?? null)).toEqual(expected.left);
    expect(all.map((node) => rightOf(node) ?? null)).toEqual(expected.right);
    expect(all.map((node) => parentOf(node, leafCount) ?? null)).toEqual(expected.parent);
    expect(all.map((node) => siblingOf(node, leafCount) ?? null)).toEqual(expected.sibling);
  }
  console.info(`tree-math: ${cases.length} cases passed`);
});
