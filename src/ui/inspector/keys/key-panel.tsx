import type { Recording } from '../../../recording/recording.ts';
import { PartyMark } from '../../design/party.tsx';
import type { PointOfView } from '../../routing/agent-place.ts';
import { courseOf, existence } from './existence.ts';
import { compared, type Seen } from './fingerprints.ts';
import { named, visibleTo } from './names.ts';
import { ancestors, nodeOf, type Schedule, type ScheduleNode } from './schedule-model.ts';
import { whoCould } from './who-could.ts';

interface KeyPanelProps {
  readonly schedule: Schedule;
  readonly node: ScheduleNode;
  readonly recording: Recording;
  readonly fingerprints: Seen | undefined;
  /** Whether the recording shows that it ever came to be. */
  readonly came: boolean;
  readonly pov: PointOfView | undefined;
  readonly close: () => void;
}

const comparison = {
  same: 'Both sides hold the same.',
  different: 'The two sides hold DIFFERENT ones.',
  'one end': 'The other side is not in this recording.',
  none: 'It never came to be, or leaves nothing that could be shown.',
} as const;

/** Shows what a node is, whether it still exists, who could compute it, and whether both sides have the same. */
export function KeyPanel({ schedule, node, recording, fingerprints, came, pov, close }: KeyPanelProps) {
  const { session } = recording;
  const parents = [...ancestors(schedule, node.id)].flatMap((id) => nodeOf(schedule, id)?.name ?? []);
  const state = compared(fingerprints);
  return (
    <aside className="key-panel" aria-label={named(node.name, session)}>
      <div className="key-panel-head">
        <h2>{named(node.name, session)}</h2>
        <button type="button" className="button button-quiet" onClick={close}>
          Close
        </button>
      </div>
      <p>{named(node.what, session)}</p>
      <dl>
        <dt>Who could compute it</dt>
        <dd>
          <strong>{named(whoCould(schedule, node.id, session.status === 'HANDSHAKING'), session)}</strong>
        </dd>
        <dt>Does it exist</dt>
        <dd>{existence(node, courseOf(recording, schedule.beginning), came)}</dd>
        <dt>Depends on</dt>
        <dd>{parents.length === 0 ? 'nothing before it' : named(parents.join(', '), session)}</dd>
        <dt>On both sides</dt>
        <dd>
          {visibleTo(node, pov) ? (
            <>
              {(['client', 'server'] as const).map((side) =>
                fingerprints?.[side] === undefined ? null : (
                  <span key={side} className="key-panel-print">
                    <PartyMark agentId={session[side].agentId} /> <code>{fingerprints[side]}</code>
                  </span>
                ),
              )}
              <span data-state={state}>{comparison[state]}</span>
            </>
          ) : (
            'This party cannot know it.'
          )}
        </dd>
        <dt>Specified</dt>
        <dd>{specified(schedule, node)}</dd>
      </dl>
    </aside>
  );
}

function specified({ source, beginning }: Schedule, { kind }: ScheduleNode): string {
  if (beginning === 'resumption') return `${source}, Resumption`;
  return `${source}, ${kind === 'transcript' ? 'Transcript' : 'Key schedule'}`;
}
