import { useMemo } from 'react';
import type { EpochView } from '../../../agent/contracts/group-views.ts';
import { formatCount } from '../../design/format.ts';
import { partyColour, partyOf, shapePaths } from '../../design/party.tsx';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { moveToNearest } from '../nearest-node.ts';
import { type DrawnNode, type Folding, layOut } from './tree-layout.ts';
import { heldBy, heldHere, unmergedLeaves } from './tree-shape.ts';
import { nodeWords } from './words.ts';

interface RatchetTreeProps {
  readonly view: EpochView;
  readonly folding: Folding;
  /** The member whose secrets are marked; this agent's when absent. */
  readonly who: string | undefined;
  readonly open: number | undefined;
  readonly chooseMember: (agentId: string) => void;
  readonly chooseNode: (node: number) => void;
  readonly unfold: (node: number) => void;
}

/** Shows the ratchet tree of an epoch, the root at the left: the path that its commit renewed, and the secrets that a member holds. */
export function RatchetTree({ view, folding, who, open, chooseMember, chooseNode, unfold }: RatchetTreeProps) {
  const drawing = useMemo(() => layOut(view, folding), [view, folding]);
  const marks = useMemo(() => marksOf(view, who), [view, who]);
  const stands = new Map(drawing.nodes.map((drawn) => [drawn.node.node, drawn]));
  return (
    <section
      className="tree-box"
      aria-label={`Ratchet tree of epoch ${view.epoch}`}
      onKeyDown={(event) => moveToNearest(event, () => undefined)}
    >
      <div className="tree-drawing" style={{ height: `${drawing.height}px` }}>
        <svg className="tree-edges" width={drawing.leafX} height={drawing.height} aria-hidden="true">
          {drawing.nodes.map((drawn) => {
            const above = drawn.parent === undefined ? undefined : stands.get(drawn.parent);
            if (above === undefined) return null;
            const isLit = marks.lit.has(drawn.node.node) && marks.lit.has(above.node.node);
            const isBlank = drawn.node.kind === 'blank' || above.node.kind === 'blank';
            return (
              <path
                // A path lights up once, when its epoch is shown.
                key={`${view.epoch} ${drawn.node.node}`}
                d={`M${above.x} ${above.y} V${drawn.y} H${drawn.x}`}
                data-lit={isLit || undefined}
                data-blank={isBlank || undefined}
              />
            );
          })}
        </svg>
        {drawing.nodes.map((drawn) => (
          <TreeNode
            key={drawn.node.node}
            drawn={drawn}
            view={view}
            marks={marks}
            isOpen={drawn.node.node === open || (who !== undefined && drawn.node.member === who)}
            isStop={drawn.node.node === (open ?? view.leafCount - 1)}
            choose={() => {
              if (drawn.folded !== undefined) unfold(drawn.node.node);
              else if (drawn.node.member === undefined) chooseNode(drawn.node.node);
              else chooseMember(drawn.node.member);
            }}
          />
        ))}
      </div>
    </section>
  );
}

/** What of a tree is marked. */
interface Marks {
  /** Renewed by the commit. */
  readonly lit: ReadonlySet<number>;
  /** A renewed secret was encrypted to its key. */
  readonly sealed: ReadonlySet<number>;
  readonly held: ReadonlySet<number>;
  readonly unmerged: ReadonlySet<number>;
}

function marksOf(view: EpochView, who: string | undefined): Marks {
  const committer = view.members.find(({ agentId }) => agentId === view.by)?.leaf;
  const leaf = committer === undefined || view.path.length === 0 ? [] : [2 * committer];
  return {
    lit: new Set([...leaf, ...view.path.map(({ node }) => node)]),
    sealed: new Set(view.path.flatMap(({ encryptedTo }) => encryptedTo)),
    held: who === undefined ? heldHere(view) : heldBy(view, who),
    unmerged: unmergedLeaves(view),
  };
}

interface TreeNodeProps {
  readonly drawn: DrawnNode;
  readonly view: EpochView;
  readonly marks: Marks;
  readonly isOpen: boolean;
  /** Tab reaches this one; the arrows move on. */
  readonly isStop: boolean;
  readonly choose: () => void;
}

function TreeNode({ drawn, view, marks, isOpen, isStop, choose }: TreeNodeProps) {
  const { node, x, y, folded } = drawn;
  const isMember = node.member !== undefined;
  const words = nodeWords(view, node);
  const rest = folded === undefined ? '' : foldedWords(folded);
  return (
    <button
      type="button"
      className="tree-node"
      data-node={node.node}
      data-kind={node.kind}
      data-lit={marks.lit.has(node.node) || undefined}
      data-sealed={marks.sealed.has(node.node) || undefined}
      data-held={marks.held.has(node.node) || undefined}
      data-row={isMember || folded !== undefined || node.level === 0 || undefined}
      aria-pressed={folded === undefined ? isOpen : undefined}
      aria-expanded={folded === undefined ? undefined : false}
      aria-label={rest === '' ? words : `${words}; ${rest}`}
      tabIndex={isStop ? 0 : -1}
      style={{ left: `${x - 12}px`, top: `${y - 12}px`, ...(isMember ? { color: partyColour(node.member) } : {}) }}
      onClick={choose}
    >
      <Glyph member={node.member} isHeld={marks.held.has(node.node)} />
      {isMember && (
        <span className="tree-name">
          <UntrustedText text={node.member} />
          {marks.unmerged.has(node.node / 2) && <span className="tree-note"> unmerged</span>}
        </span>
      )}
      {node.level === 0 && !isMember && <span className="tree-note">blank</span>}
      {folded !== undefined && <span className="tree-note">{rest}</span>}
    </button>
  );
}

function foldedWords({ members, leaves }: { readonly members: number; readonly leaves: number }): string {
  return members === 0 ? `${formatCount(leaves, 'empty leaf', 'empty leaves')}` : formatCount(members, 'member');
}

/** A leaf has its agent's shape; a parent is a hexagon, filled when its secret is held. */
function Glyph({ member, isHeld }: { readonly member: string | undefined; readonly isHeld: boolean }) {
  const shape = member === undefined ? shapePaths.hexagon : shapePaths[partyOf(member).shape];
  return (
    <svg className="tree-glyph" viewBox="-2 -2 16 16" aria-hidden="true" focusable="false">
      <path d={shape} fillRule="evenodd" />
      {isHeld && <circle className="tree-held" cx="6" cy="6" r="2" />}
    </svg>
  );
}
