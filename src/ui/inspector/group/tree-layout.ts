import type { EpochView, TreeNodeView } from '../../../agent/contracts/group-views.ts';
import { childrenOf, covers, membersUnder, rootOf } from './tree-shape.ts';

/** Pixels between two rows of leaves. */
const rowHeight = 28;
/** Leaves up to which nothing is folded by itself. */
const unfoldedUpTo = 32;
/** Levels of the smallest subtree that is folded by itself: four leaves. */
const foldedLevel = 2;

/** Where a node stands, in pixels, its middle. */
export interface DrawnNode {
  readonly node: TreeNodeView;
  readonly x: number;
  readonly y: number;
  readonly parent: number | undefined;
  /** Of a subtree that is drawn as one row: how many members and leaves are in it. */
  readonly folded?: { readonly members: number; readonly leaves: number };
}

/** A tree as it is drawn, the root at the left, the leaves one under the other. */
export interface TreeDrawing {
  readonly nodes: readonly DrawnNode[];
  readonly height: number;
  /** Pixels from the left where leaves stand. */
  readonly leafX: number;
}

/** What of a tree is folded. */
export interface Folding {
  /** Leaves that a person wants to see: what holds none of them is folded when the tree is large. */
  readonly wanted: ReadonlySet<number>;
  /** Parents that the person has folded or unfolded. */
  readonly chosen: ReadonlyMap<number, boolean>;
  readonly isAllShown: boolean;
}

/** Returns where each node of an epoch's tree stands. Subtrees without a member are always one row. */
export function layOut(view: EpochView, folding: Folding): TreeDrawing {
  const { leafCount, nodes } = view;
  const height = Math.log2(leafCount);
  const step = height > 5 ? 24 : 32;
  const at = (level: number) => 14 + (height - level) * step;
  const drawn: DrawnNode[] = [];
  let rows = 0;
  const place = (index: number, parent: number | undefined): number => {
    const node = nodes[index];
    if (node === undefined) return 0;
    const { level } = node;
    const members = level === 0 ? 0 : membersUnder(view, node).length;
    const isFolded = level > 0 && (members === 0 || foldedIn(node, leafCount, folding));
    const isRow = level === 0 || isFolded;
    const y = isRow ? rowHeight * (rows++ + 0.5) : meanOf(childrenOf(node).map((child) => place(child, index)));
    drawn.push({ node, x: at(level), y, parent, ...(isFolded ? { folded: { members, leaves: 1 << level } } : {}) });
    return y;
  };
  place(rootOf(view), undefined);
  drawn.sort((a, b) => a.node.node - b.node.node);
  return { nodes: drawn, height: rows * rowHeight, leafX: at(0) };
}

function foldedIn(node: TreeNodeView, leafCount: number, { wanted, chosen, isAllShown }: Folding): boolean {
  const said = chosen.get(node.node);
  if (said !== undefined) return said;
  if (isAllShown || leafCount <= unfoldedUpTo || node.level < foldedLevel) return false;
  return ![...wanted].some((leaf) => covers(node, leaf));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
