import type { Recording } from '../../../recording/recording.ts';
import type { PointOfView } from '../../routing/agent-place.ts';
import { courseOf, existence } from './existence.ts';
import { compared, type Seen } from './fingerprints.ts';
import { named, visibleTo } from './names.ts';
import { type NodeId, nodeOf, type Schedule } from './schedule-model.ts';
import { whoCould } from './who-could.ts';

interface AsTextProps {
  readonly schedule: Schedule;
  readonly recording: Recording;
  readonly fingerprints: ReadonlyMap<NodeId, Seen>;
  readonly came: ReadonlySet<NodeId>;
  readonly pov: PointOfView | undefined;
}

/** Shows the graph as a table that says the same. */
export function AsText({ schedule, recording, fingerprints, came, pov }: AsTextProps) {
  const { session } = recording;
  const course = courseOf(recording, schedule.beginning);
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
            {schedule.nodes.map((node) => {
              const seen = fingerprints.get(node.id);
              const visible = visibleTo(node, pov);
              return (
                <tr key={node.id}>
                  <th scope="row">{named(node.name, session)}</th>
                  <td>{named(node.from.map((id) => nodeOf(schedule, id)?.name ?? id).join(', ') || '–', session)}</td>
                  <td>{named(whoCould(schedule, node.id, session.status === 'HANDSHAKING'), session)}</td>
                  <td>{existence(node, course, came.has(node.id))}</td>
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
