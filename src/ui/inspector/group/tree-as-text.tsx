import { useState } from 'react';
import type { EpochView } from '../../../agent/contracts/group-views.ts';
import { formatCount } from '../../design/format.ts';
import { spansOf } from './reading.ts';
import { TextTable } from './text-table.tsx';
import { heldBy, holdersOf } from './tree-shape.ts';
import { beginningWords, namesOf, pathWords, spanWords } from './words.ts';

interface TreeAsTextProps {
  readonly epochs: readonly EpochView[];
  readonly view: EpochView;
  readonly who: string | undefined;
}

/** Shows the tree, the epochs and who could read them as tables that say the same. */
export function TreeAsText({ epochs, view, who }: TreeAsTextProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="group-text" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The same as text</summary>
      {isOpen && (
        <>
          <TreeTable view={view} who={who} />
          <EpochTable epochs={epochs} />
          <MemberTable epochs={epochs} />
        </>
      )}
    </details>
  );
}

function TreeTable({ view, who }: { readonly view: EpochView; readonly who: string | undefined }) {
  const held = who === undefined ? undefined : heldBy(view, who);
  const renewed = new Set(view.path.map(({ node }) => node));
  const rows = view.nodes
    .filter(({ kind, level }) => kind !== 'blank' || level > 0)
    .map((node): readonly [string, ...string[]] => [
      node.level === 0 ? `Leaf ${node.node / 2}` : `Node ${node.node}`,
      node.member ?? (node.kind === 'blank' ? 'blank' : 'parent'),
      node.kind === 'blank' ? '–' : namesOf(holdersOf(view, node)),
      node.unmerged.length === 0 ? '–' : node.unmerged.map((leaf) => `leaf ${leaf}`).join(', '),
      (held?.has(node.node) ?? node.isKnown) ? 'yes' : 'no',
      renewed.has(node.node) ? 'yes' : 'no',
      node.keyFingerprint ?? '–',
    ]);
  const columns = [
    'Node',
    'What',
    'Who holds its secret',
    'Unmerged',
    who === undefined ? 'Held here' : `Held by ${who}`,
    'Renewed by this commit',
    'Public key',
  ];
  return <TextTable caption={`Ratchet tree of epoch ${view.epoch}`} columns={columns} rows={rows} />;
}

function EpochTable({ epochs }: { readonly epochs: readonly EpochView[] }) {
  const rows = epochs.map((view): readonly [string, ...string[]] => [
    `Epoch ${view.epoch}`,
    beginningWords(view),
    pathWords(view),
    `${formatCount(view.members.length, 'member')}: ${namesOf(view.members.map(({ agentId }) => agentId))}`,
  ]);
  return <TextTable caption="Epochs" columns={['Epoch', 'Commit', 'Path', 'Who can read it']} rows={rows} />;
}

function MemberTable({ epochs }: { readonly epochs: readonly EpochView[] }) {
  const oldest = epochs[0]?.epoch ?? 0;
  const all = new Set(epochs.flatMap(({ members }) => members.map(({ agentId }) => agentId)));
  const rows = [...all].map((agentId): readonly [string, ...string[]] => [
    agentId,
    spansOf(epochs, agentId)
      .map((span) => spanWords(span, oldest))
      .join('; '),
  ]);
  return <TextTable caption="Members, and which epochs each reads" columns={['Member', 'Epochs']} rows={rows} />;
}
