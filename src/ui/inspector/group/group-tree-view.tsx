import { useMemo, useState } from 'react';
import type { EpochView } from '../../../agent/contracts/group-views.ts';
import { partyColour } from '../../design/party.tsx';
import { CommitPanel } from './commit-panel.tsx';
import { EpochStrip } from './epoch-strip.tsx';
import { EpochsBoundary } from './epochs-boundary.tsx';
import './drawings.css';
import './group-inspector.css';
import type { GroupInspectorProps, LookingAtGroup } from './looking.ts';
import { MemberChoice } from './member-choice.tsx';
import { MemberPanel } from './member-panel.tsx';
import { NodePanel } from './node-panel.tsx';
import { RatchetTree } from './ratchet-tree.tsx';
import { TreeAsText } from './tree-as-text.tsx';
import { TreeLegend } from './tree-legend.tsx';

/** Leaves that a commit added which are unfolded at most. */
const addedShown = 4;

/** Shows the ratchet tree of a group, epoch by epoch: what each commit renewed, and who could read which epoch. */
export function GroupTreeView({ group, looking, look }: GroupInspectorProps) {
  return (
    <EpochsBoundary groupId={group.groupId} epoch={looking.epoch}>
      {(epochs, shown) => {
        const self = group.members.find(({ isSelf }) => isSelf)?.agentId;
        return <Tree epochs={epochs} view={shown} self={self} looking={looking} look={look} />;
      }}
    </EpochsBoundary>
  );
}

interface TreeProps {
  readonly epochs: readonly EpochView[];
  readonly view: EpochView;
  readonly self: string | undefined;
  readonly looking: LookingAtGroup;
  readonly look: (looking: LookingAtGroup) => void;
}

function Tree({ epochs, view, self, looking, look }: TreeProps) {
  const { who, open, ...rest } = looking;
  const [chosen, setChosen] = useState<ReadonlyMap<number, boolean>>(new Map());
  const [isAllShown, setAllShown] = useState(false);
  const folding = useMemo(() => {
    const few = view.added.length <= addedShown ? view.added : [];
    const names = new Set([view.by, self, who, ...few]);
    const wanted = new Set(view.members.flatMap(({ agentId, leaf }) => (names.has(agentId) ? [leaf] : [])));
    return { wanted, chosen, isAllShown };
  }, [view, self, who, chosen, isAllShown]);
  const opened = open === undefined ? undefined : view.nodes[Number(open)];
  const node = opened?.member === undefined ? opened : undefined;
  const at = (epoch: number | undefined) => {
    const { epoch: _, ...others } = looking;
    look(epoch === undefined ? others : { ...others, epoch });
  };
  const choose = (next: string | undefined) => look({ ...rest, ...(next === undefined ? {} : { who: next }) });
  return (
    <div className="group-inspector" style={{ '--committer': partyColour(view.by) }}>
      <EpochStrip epochs={epochs} shown={view} who={who} choose={at} />
      <div className="group-inspector-tools">
        <MemberChoice epochs={epochs} view={view} who={who} choose={choose} />
        {view.leafCount > 32 && (
          <button
            type="button"
            className="button button-quiet"
            onClick={() => {
              setChosen(new Map());
              setAllShown(!isAllShown);
            }}
          >
            {isAllShown ? 'Fold what is far' : 'Show all leaves'}
          </button>
        )}
      </div>
      <div className="group-inspector-body">
        <RatchetTree
          view={view}
          folding={folding}
          who={who}
          open={node?.node}
          chooseMember={(agentId) => choose(agentId === who ? undefined : agentId)}
          chooseNode={(index) => {
            const isSame = String(index) === open;
            look({ ...rest, ...(who === undefined ? {} : { who }), ...(isSame ? {} : { open: String(index) }) });
          }}
          unfold={(index) => setChosen(new Map([...chosen, [index, false]]))}
        />
        <div className="group-inspector-panels">
          <div aria-live="polite">
            <CommitPanel view={view} />
          </div>
          {node !== undefined && (
            <NodePanel view={view} node={node} close={() => look({ ...rest, ...(who === undefined ? {} : { who }) })} />
          )}
          {who !== undefined && (
            <MemberPanel epochs={epochs} view={view} who={who} showEpoch={at} close={() => choose(undefined)} />
          )}
          <TreeLegend who={who} />
        </div>
      </div>
      <TreeAsText epochs={epochs} view={view} who={who} />
    </div>
  );
}
