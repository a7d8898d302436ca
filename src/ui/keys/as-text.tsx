import type { Recording } from '../../agent/recording.ts';
import type { PointOfView } from '../app/places.ts';
import { existence } from './existence.ts';
import { compared, type Seen } from './fingerprints.ts';
import { named, visibleTo } from './names.ts';
import { type NodeId, nodeOf, schedule, whoCould } from './schedule-model.ts';

interface AsTextProps {
  readonly recording: Recording;
  readonly fingerprints: ReadonlyMap<NodeId, Seen>;
  readonly came: ReadonlySet<NodeId>;
  readonly pov: PointOfView | undefined;
}

/** The graph as a table that says the same. */
export function AsText({ recording: { session }, fingerprints, came, pov }: AsTextProps) {
  return (
    <details className="keys-text">
      <summary>The same as text</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="keys-text-scroll" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Comes from</th>
              <th scope="col">Who could compute it</th>
              <th scope="col">Does it exist</th>
              <th scope="col">Fingerprint</th>
              <th scope="col">Both sides</th>
            </tr>
          </thead>
          <tbody>
            {schedule.map((node) => {
              const seen = fingerprints.get(node.id);
              const visible = visibleTo(node, pov);
              return (
                <tr key={node.id}>
                  <th scope="row">{named(node.name, session)}</th>
                  <td>{named(node.from.map((id) => nodeOf(id)?.name ?? id).join(', ') || '–', session)}</td>
                  <td>{named(whoCould(node.id, session.status === 'HANDSHAKING'), session)}</td>
                  <td>{existence(node, session.status, came.has(node.id))}</td>
                  <td>
                    <code>{visible ? (seen?.client ?? seen?.server ?? '–').slice(0, 11) : 'cannot know'}</code>
                  </td>
                  <td>{visible ? compared(seen) : '–'}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </details>
  );
}
