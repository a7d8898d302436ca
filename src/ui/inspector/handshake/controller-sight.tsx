import { beginningOf } from '../../../recording/beginning.ts';
import { wordsOfOperation } from '../../../recording/operation-words.ts';
import type { RecordedEnd, Recording } from '../../../recording/recording.ts';
import { formatDateTime, formatDuration, formatMoment } from '../../design/format.ts';
import { controllerParty, Mark, PartyMark } from '../../design/party.tsx';
import { useToday } from '../../design/use-today.ts';
import { agentsOf } from '../inspector-props.ts';

/**
 * Shows all that the Controller had to do with a handshake: it is asked before it, and is not on the line during it.
 */
export function ControllerSight({ recording }: { readonly recording: Recording }) {
  const today = useToday();
  const agents = agentsOf(recording);
  const beginning = beginningOf(recording);
  const asked = recording.ends.flatMap((end) => askedBy(end));
  return (
    <section className="handshake handshake-empty" aria-label="What the Controller sees">
      <h2>
        <Mark party={controllerParty} /> The Controller is not on the line
      </h2>
      <p>
        It issued both agents’ certificates when they registered, and it is asked for certificates and for the
        revocation list. None of the messages between {agents.client} and {agents.server} passes it.
      </p>
      {asked.length === 0 ? (
        <p className="small muted">For this {beginning} it was not asked for anything that is recorded here.</p>
      ) : (
        <ul className="handshake-steps">
          {asked.map(({ side, event }) => (
            <li key={`${side} ${event.operation} ${event.at}`} className="handshake-step handshake-step-operation">
              <PartyMark agentId={agents[side]} />
              <span className="handshake-step-name">
                {agents[side]}: {wordsOfOperation(event.operation, beginning)}
              </span>
              <span className="handshake-figure small muted" title={formatDateTime(event.at)}>
                {formatMoment(event.at, today)} · {formatDuration(event.duration)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function askedBy({ role, events }: RecordedEnd) {
  return events.flatMap((event) =>
    event.kind === 'operation' && (event.operation === 'look_up_peer' || event.operation === 'fetch_revocation_list')
      ? [{ side: role, event }]
      : [],
  );
}
