import type { EpochView, TreeNodeView } from '../../../agent/contracts/group-views.ts';

/** Returns the children of a parent in the array form of a tree (RFC 9420, appendix C). */
export function childrenOf({ node, level }: Pick<TreeNodeView, 'node' | 'level'>): readonly [number, number] {
  const half = 1 << (level - 1);
  return [node - half, node + half];
}

/** Returns the root's index. */
export function rootOf({ leafCount }: Pick<EpochView, 'leafCount'>): number {
  return leafCount - 1;
}

/** True if a leaf is below a node or is the node itself. */
export function covers({ node, level }: Pick<TreeNodeView, 'node' | 'level'>, leaf: number): boolean {
  return Math.abs(2 * leaf - node) < 1 << level;
}

/** Returns the members that hold the secret of a node: those below it, without its unmerged leaves (RFC 9420, section 7). */
export function holdersOf(view: EpochView, node: TreeNodeView): readonly string[] {
  if (node.kind === 'blank') return [];
  return view.members
    .filter(({ leaf }) => covers(node, leaf) && !node.unmerged.includes(leaf))
    .map(({ agentId }) => agentId);
}

/** Returns the members below a node, whether they hold its secret or not. */
export function membersUnder(view: EpochView, node: Pick<TreeNodeView, 'node' | 'level'>): readonly string[] {
  return view.members.filter(({ leaf }) => covers(node, leaf)).map(({ agentId }) => agentId);
}

/** Returns the nodes whose secret a member holds: its own leaf and what is above it, unless blank or unmerged for it. */
export function heldBy(view: EpochView, agentId: string): ReadonlySet<number> {
  const leaf = view.members.find((member) => member.agentId === agentId)?.leaf;
  if (leaf === undefined) return new Set();
  const held = view.nodes.filter(
    (node) => node.kind !== 'blank' && covers(node, leaf) && !node.unmerged.includes(leaf),
  );
  return new Set(held.map(({ node }) => node));
}

/** Returns the nodes whose secret this agent itself holds. */
export function heldHere({ nodes }: EpochView): ReadonlySet<number> {
  return new Set(nodes.flatMap(({ node, isKnown }) => (isKnown ? [node] : [])));
}

/** Returns the leaves that are unmerged somewhere above them. */
export function unmergedLeaves({ nodes }: EpochView): ReadonlySet<number> {
  return new Set(nodes.flatMap(({ unmerged }) => unmerged));
}
