import { useState } from 'react';
import type { EpochView } from '../../../agent/contracts/group-views.ts';
import { moveToNearest } from '../nearest-node.ts';
import { EpochStrip } from './epoch-strip.tsx';
import { EpochsBoundary } from './epochs-boundary.tsx';
import './drawings.css';
import './group-inspector.css';
import type { GroupInspectorProps, LookingAtGroup } from './looking.ts';
import { ancestorsOf, descendantsOf, type ScheduleNode, scheduleOf, scheduleRows } from './schedule-graph.ts';
import { TextTable } from './text-table.tsx';
import { namesOf } from './words.ts';

/** Shows the key schedule of a group's epoch as a graph: of each value its fingerprint, never the value. */
export function GroupKeysView({ group, looking, look }: GroupInspectorProps) {
  return (
    <EpochsBoundary groupId={group.groupId} epoch={looking.epoch}>
      {(epochs, shown) => <Keys epochs={epochs} view={shown} looking={looking} look={look} />}
    </EpochsBoundary>
  );
}

interface KeysProps {
  readonly epochs: readonly EpochView[];
  readonly view: EpochView;
  readonly looking: LookingAtGroup;
  readonly look: (looking: LookingAtGroup) => void;
}

function Keys({ epochs, view, looking, look }: KeysProps) {
  const { open, epoch } = looking;
  const nodes = scheduleOf(
    view,
    epochs.find((each) => each.epoch === view.epoch - 1),
  );
  const selected = nodes.find(({ id }) => id === open);
  const at = epoch === undefined ? {} : { epoch };
  const chosen = open === undefined ? {} : { open };
  return (
    <div className="group-inspector">
      <EpochStrip
        epochs={epochs}
        shown={view}
        choose={(next) => look({ ...chosen, ...(next === undefined ? {} : { epoch: next }) })}
      />
      <p className="muted small">
        No value is shown. A fingerprint is equal for two members exactly when they hold the same value: compare it with
        another member’s screen. {namesOf(view.members.map(({ agentId }) => agentId))} can derive epoch {view.epoch}.
      </p>
      <Graph nodes={nodes} selected={selected} select={(id) => look({ ...at, ...(id === open ? {} : { open: id }) })} />
      {selected !== undefined && <ValuePanel nodes={nodes} node={selected} close={() => look(at)} />}
      <ScheduleAsText view={view} nodes={nodes} />
    </div>
  );
}

/** Pixels of the drawing's parts. */
const sizes = { column: 186, width: 166, row: 48, height: 40 } as const;

interface GraphProps {
  readonly nodes: readonly ScheduleNode[];
  readonly selected: ScheduleNode | undefined;
  readonly select: (id: string) => void;
}

function Graph({ nodes, selected, select }: GraphProps) {
  const width = 4 * sizes.column + sizes.width;
  const height = scheduleRows * sizes.row;
  const from = selected === undefined ? undefined : ancestorsOf(nodes, selected.id);
  const to = selected === undefined ? undefined : descendantsOf(nodes, selected.id);
  const toneOf = (id: string) => {
    if (id === selected?.id) return 'selected';
    if (from?.has(id)) return 'from';
    return to?.has(id) ? 'to' : undefined;
  };
  return (
    <section
      className="schedule-box"
      aria-label="Key schedule"
      onKeyDown={(event) => moveToNearest(event, () => undefined)}
    >
      <div className="schedule-drawing" style={{ width: `${width}px`, height: `${height}px` }}>
        <svg className="tree-edges" width={width} height={height} aria-hidden="true">
          {nodes.flatMap((node) =>
            node.from.map((id) => {
              const parent = nodes.find((each) => each.id === id);
              const isFrom = from?.has(id) === true && from.has(node.id);
              const isTo = to?.has(id) === true && to.has(node.id);
              return parent === undefined ? null : (
                <path
                  key={`${id} ${node.id}`}
                  d={curve(parent, node)}
                  data-tone={isFrom || isTo ? 'from' : undefined}
                />
              );
            }),
          )}
        </svg>
        {nodes.map((node) => (
          <button
            key={node.id}
            type="button"
            className="schedule-node"
            data-node={node.id}
            data-tone={toneOf(node.id)}
            data-missing={node.fingerprint === undefined || undefined}
            aria-pressed={node === selected}
            tabIndex={node.id === (selected?.id ?? 'joiner_secret') ? 0 : -1}
            style={{
              left: `${node.column * sizes.column}px`,
              top: `${node.row * sizes.row}px`,
              width: `${sizes.width}px`,
              height: `${sizes.height}px`,
            }}
            onClick={() => select(node.id)}
          >
            <span className="schedule-name">{node.name}</span>
            <code>{node.fingerprint ?? 'not recorded'}</code>
          </button>
        ))}
      </div>
    </section>
  );
}

function curve(a: ScheduleNode, b: ScheduleNode): string {
  const [x1, x2] = [a.column * sizes.column + sizes.width, b.column * sizes.column];
  const [y1, y2] = [a, b].map(({ row }) => row * sizes.row + sizes.height / 2);
  return `M${x1} ${y1} C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}`;
}

interface ValuePanelProps {
  readonly nodes: readonly ScheduleNode[];
  readonly node: ScheduleNode;
  readonly close: () => void;
}

function ValuePanel({ nodes, node, close }: ValuePanelProps) {
  const parents = node.from.map((id) => nodes.find((each) => each.id === id)?.name ?? id);
  return (
    <section className="group-panel" aria-label={node.name}>
      <div className="group-panel-head">
        <h3>{node.name}</h3>
        <button type="button" className="button button-quiet" onClick={close}>
          Close
        </button>
      </div>
      <p>{node.what}</p>
      <dl>
        <dt>Comes from</dt>
        <dd>{namesOf(parents.length === 0 ? ['nothing in this epoch'] : parents)}</dd>
        <dt>Fingerprint</dt>
        <dd>
          <code>{node.fingerprint ?? 'not recorded'}</code>
        </dd>
        <dt>Specified</dt>
        <dd>RFC 9420, section 8</dd>
      </dl>
    </section>
  );
}

function ScheduleAsText({ view, nodes }: { readonly view: EpochView; readonly nodes: readonly ScheduleNode[] }) {
  const [isOpen, setOpen] = useState(false);
  const nameOf = (id: string) => nodes.find((each) => each.id === id)?.name ?? id;
  return (
    <details className="group-text" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The same as text</summary>
      {isOpen && (
        <TextTable
          caption={`Key schedule of epoch ${view.epoch}`}
          columns={['Value', 'Comes from', 'What it is for', 'Fingerprint']}
          rows={nodes.map(({ name, from, what, fingerprint }) => [
            name,
            from.map(nameOf).join(', ') || '–',
            what,
            fingerprint ?? 'not recorded',
          ])}
        />
      )}
    </details>
  );
}
