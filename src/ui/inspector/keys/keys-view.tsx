import { useMemo } from 'react';
import { beginningOf } from '../../../recording/beginning.ts';
import type { InspectorProps } from '../inspector-props.ts';
import { moveToNearest } from '../nearest-node.ts';
import { AsText } from './as-text.tsx';
import { Edges, type Tone } from './edges.tsx';
import { Epochs } from './epochs.tsx';
import { cameToBe } from './existence.ts';
import { fingerprintsOf } from './fingerprints.ts';
import './keys.css';
import { KeyNode } from './key-node.tsx';
import { KeyPanel } from './key-panel.tsx';
import { rowHeight } from './layout.ts';
import { ancestors, descendants, type NodeId, nodeOf } from './schedule-model.ts';
import { schedules } from './schedules.ts';

/** Shows the key schedule of a session: what flows into HKDF, and every key that comes out of it. */
export function KeysView({ recording, looking, look }: InspectorProps) {
  const { session, ends } = recording;
  const { open, pov } = looking;
  const schedule = schedules[beginningOf(recording)];
  const selected = nodeOf(schedule, open);
  const fingerprints = useMemo(() => fingerprintsOf(ends), [ends]);
  const came = useMemo(() => cameToBe(schedule, fingerprints), [schedule, fingerprints]);
  const lit = useMemo(
    () =>
      selected === undefined
        ? undefined
        : { from: ancestors(schedule, selected.id), to: descendants(schedule, selected.id), self: selected.id },
    [schedule, selected],
  );
  const select = (id: NodeId | undefined) =>
    look({ ...(id === undefined ? {} : { open: id }), ...(pov === undefined ? {} : { pov }) });
  if (fingerprints.size === 0 && ends.every(({ events }) => events.length === 0)) {
    return (
      <section className="keys" aria-label="Key schedule">
        <h2>No recording of these keys</h2>
        <p className="muted">
          The recordings of the newest 20 sessions are stored. Connect again to see a key schedule.
        </p>
      </section>
    );
  }
  const toneOf = (id: NodeId): Tone => {
    if (lit === undefined) return 'plain';
    if (lit.self === id) return 'selected';
    if (lit.from.has(id)) return 'from';
    return lit.to.has(id) ? 'to' : 'dim';
  };
  return (
    <section className="keys" aria-label="Key schedule">
      <p className="keys-hint muted small">
        Select a key to see what it depends on. Arrows move, <kbd>Enter</kbd> opens, <kbd>Esc</kbd> closes. No value is
        ever shown: a fingerprint is equal on both sides exactly when the secret is.
      </p>
      <div className="keys-body">
        <div
          className="keys-drawing"
          style={{
            '--wide-height': `${schedule.wide.rows * rowHeight}px`,
            '--narrow-height': `${schedule.narrow.rows * rowHeight}px`,
          }}
        >
          <Edges schedule={schedule} width="wide" toneOf={toneOf} came={came} />
          <Edges schedule={schedule} width="narrow" toneOf={toneOf} came={came} />
          <ul
            className="keys-graph"
            aria-label="From the secrets to the keys"
            onKeyDown={(event) => moveToNearest(event, () => select(undefined))}
          >
            {schedule.nodes.map((node) => (
              <KeyNode
                key={node.id}
                node={node}
                wide={schedule.wide.spots.get(node.id)}
                narrow={schedule.narrow.spots.get(node.id)}
                session={session}
                fingerprints={fingerprints.get(node.id)}
                came={came.has(node.id)}
                pov={pov}
                tone={toneOf(node.id)}
                onSelect={() => select(node.id === selected?.id ? undefined : node.id)}
              />
            ))}
          </ul>
        </div>
        {selected !== undefined && (
          <KeyPanel
            schedule={schedule}
            node={selected}
            recording={recording}
            fingerprints={fingerprints.get(selected.id)}
            came={came.has(selected.id)}
            pov={pov}
            close={() => select(undefined)}
          />
        )}
      </div>
      <Epochs recording={recording} pov={pov} />
      <AsText schedule={schedule} recording={recording} fingerprints={fingerprints} came={came} pov={pov} />
    </section>
  );
}
