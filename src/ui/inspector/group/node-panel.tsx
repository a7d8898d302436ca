import type { EpochView, TreeNodeView } from '../../../agent/contracts/group-views.ts';
import { holdersOf, membersUnder } from './tree-shape.ts';
import { namesOf, nodeWords } from './words.ts';

interface NodePanelProps {
  readonly view: EpochView;
  readonly node: TreeNodeView;
  readonly close: () => void;
}

/** Shows a parent of the tree: the fingerprint of its public key, since when it has it, and who holds its secret. */
export function NodePanel({ view, node, close }: NodePanelProps) {
  const { kind, keyFingerprint, sinceEpoch, unmerged } = node;
  return (
    <section className="group-panel" aria-label={`Node ${node.node}`}>
      <div className="group-panel-head">
        <h3>{nodeWords(view, node)}</h3>
        <button type="button" className="button button-quiet" onClick={close}>
          Close
        </button>
      </div>
      {kind === 'blank' ? (
        <p>{blankWords(view, node)}</p>
      ) : (
        <dl>
          <dt>Held by</dt>
          <dd>{namesOf(holdersOf(view, node))}</dd>
          {unmerged.length > 0 && (
            <>
              <dt>Unmerged</dt>
              <dd>
                {namesOf(view.members.filter(({ leaf }) => unmerged.includes(leaf)).map(({ agentId }) => agentId))}:
                joined below it and do not have its secret yet
              </dd>
            </>
          )}
          <dt>Public key</dt>
          <dd>
            <code>{keyFingerprint}</code>
          </dd>
          <dt>Since</dt>
          <dd>{sinceEpoch === undefined ? 'before this agent came' : `epoch ${sinceEpoch}`}</dd>
        </dl>
      )}
    </section>
  );
}

function blankWords(view: EpochView, node: TreeNodeView): string {
  if (node.level === 0) return 'An empty leaf. The next member that is added takes the first one.';
  const below = namesOf(membersUnder(view, node));
  return `A blank node has no key. A secret for the members below it (${below}) is encrypted to each of their highest nodes that have one.`;
}
