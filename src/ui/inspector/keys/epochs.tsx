import type { TraceEvent } from '../../../protocol/trace/events.ts';
import type { Recording } from '../../../recording/recording.ts';
import type { PointOfView } from '../../routing/agent-place.ts';
import { visibleTo } from './names.ts';

interface EpochsProps {
  readonly recording: Recording;
  readonly pov: PointOfView | undefined;
}

type Begun = Extract<TraceEvent, { kind: 'epoch' }>;

/** Shows the epochs of a session, each with who began it and what it heals; nothing before the first key update. */
export function Epochs({ recording: { ends, session }, pov }: EpochsProps) {
  const begun = new Map<number, { event: Begun; by: string; sides: number; isSame: boolean }>();
  for (const { role, events } of ends) {
    for (const event of events) {
      if (event.kind !== 'epoch') continue;
      const other = role === 'client' ? 'server' : 'client';
      const by = session[event.by === 'self' ? role : other].agentId;
      const before = begun.get(event.number);
      const isSame = before === undefined || before.event.keyFingerprint === event.keyFingerprint;
      begun.set(event.number, { event, by, sides: (before?.sides ?? 0) + 1, isSame });
    }
  }
  if (begun.size === 0) return null;
  const knowsKeys = visibleTo({ kind: 'key' }, pov);
  return (
    <section className="keys-epochs" aria-label="Key updates">
      <h3>Key updates</h3>
      <p className="muted small">
        Each epoch mixes a fresh X25519 and a fresh ML-KEM-768 secret into the update key of the one before. Whoever
        stole every symmetric key of an epoch cannot read the next one, not even as an active attacker on the wire,
        because the session’s signing keys are never bytes. The keys of an epoch are erased 30 seconds after its end.
      </p>
      <ol className="keys-epoch-list">
        {[...begun.values()].map(({ event, by, sides, isSame }) => (
          <li key={event.number}>
            <strong>Epoch {event.number}</strong>
            {knowsKeys ? (
              <>
                {' '}
                begun by {by}, keys <code>{event.keyFingerprint}</code>
                {sides === 2 && <span>{isSame ? ', equal on both sides ✓' : ', not equal ✗'}</span>}
              </>
            ) : (
              <span className="muted">
                {pov === 'observer' ? ': the envelopes carry its number, its keys cannot be known' : ': cannot know'}
              </span>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
