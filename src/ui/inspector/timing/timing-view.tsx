import { useMemo } from 'react';
import { type Beginning, beginningOf } from '../../../recording/beginning.ts';
import { formatBytes, formatDateTime, formatDuration, formatMoment } from '../../design/format.ts';
import { PartyMark, partyColour } from '../../design/party.tsx';
import { useToday } from '../../design/use-today.ts';
import { agentsOf, type InspectorProps } from '../inspector-props.ts';
import { SharesTable } from './shares-table.tsx';
import { StepsTable } from './steps-table.tsx';
import './timing.css';
import type { Bar } from './bar.ts';
import { ticks } from './ticks.ts';
import { type Waterfall, waterfall } from './waterfall-model.ts';

/** Messages drawn after that; there may be more. */
const newest = 200;

/** Shows where the time of a handshake or a resumption went, and how long each message took after it. */
export function TimingView({ recording }: InspectorProps) {
  const beginning = beginningOf(recording);
  const drawn = useMemo(() => waterfall(recording.ends, beginning), [recording.ends, beginning]);
  if (drawn === undefined) {
    return (
      <section className="timing" aria-label="Timing">
        <h2>No recording of this {beginning}</h2>
        <p className="muted">
          The recordings of the newest 20 sessions are stored. Connect again to see where the time goes.
        </p>
      </section>
    );
  }
  return (
    <section className="timing" aria-label="Timing">
      <SharesTable drawn={drawn} agents={agentsOf(recording)} />
      <Bars drawn={drawn} agents={agentsOf(recording)} beginning={beginning} />
      <Messages recording={recording} />
    </section>
  );
}

interface BarsProps {
  readonly drawn: Waterfall;
  readonly agents: Readonly<Record<'client' | 'server', string>>;
  readonly beginning: Beginning;
}

/** Shows every step on one axis: a list whose lines say in words what their bars show. */
function Bars({ drawn: { bars, total }, agents, beginning }: BarsProps) {
  return (
    <section aria-label="Waterfall">
      <h2>Step by step</h2>
      <div className="timing-axis" aria-hidden="true">
        {ticks(total).map((at) => (
          <span key={at} style={{ left: `${(100 * at) / total}%` }}>
            {at === 0 ? '0' : formatDuration(at)}
          </span>
        ))}
      </div>
      <ol className="timing-bars">
        {bars.map((bar) => (
          <Line key={`${bar.side} ${bar.name} ${bar.start}`} bar={bar} total={total} agents={agents} />
        ))}
      </ol>
      <StepsTable bars={bars} agents={agents} beginning={beginning} />
    </section>
  );
}

interface LineProps {
  readonly bar: Bar;
  readonly total: number;
  readonly agents: BarsProps['agents'];
}

function Line({ bar: { side, name, category, start, duration }, total, agents }: LineProps) {
  const who = side === 'wire' ? 'on the wire' : agents[side];
  const title = `${name}, ${who}: ${formatDuration(duration)}, ${formatDuration(Math.max(0, start))} after the start (${category})`;
  return (
    <li className="timing-line" title={title}>
      <span className="timing-name">
        {side === 'wire' ? <span aria-hidden="true">○</span> : <PartyMark agentId={agents[side]} />}
        <span className="visually-hidden">{who}: </span>
        <span className="timing-name-text">{name}</span>
      </span>
      <span className="timing-track" aria-hidden="true">
        <span
          className="timing-bar"
          data-category={category}
          style={{
            left: `${(100 * Math.max(0, start)) / total}%`,
            width: `${(100 * duration) / total}%`,
            borderColor: side === 'wire' ? 'var(--observer)' : partyColour(agents[side]),
          }}
        />
      </span>
      <span className="timing-figure">{formatDuration(duration)}</span>
    </li>
  );
}

/**
 * Shows the exchanges after that, the newest first, each with how long its answer took: the network and the other
 * side.
 */
function Messages({ recording }: Pick<InspectorProps, 'recording'>) {
  const today = useToday();
  const all = recording.wire.filter(({ url }) => url.endsWith('/agent/message'));
  if (all.length === 0) return null;
  const shown = all.slice(-newest).reverse();
  const longest = Math.max(...shown.map(({ durationMs = 0 }) => durationMs), 0.001);
  return (
    <section aria-label="Messages">
      <h2>
        Messages after the {beginningOf(recording)}: {all.length}
        {all.length > shown.length && `, the newest ${shown.length} of them here`}
      </h2>
      <p className="muted small">From the request to its answer: the network and the other side.</p>
      <ol className="timing-bars">
        {shown.map(({ id, at, direction, durationMs, requestSize, responseSize }) => (
          <li key={id} className="timing-line">
            <span className="timing-name" title={formatDateTime(at)}>
              <span aria-hidden="true">{direction === 'outgoing' ? '▸' : '◂'}</span>
              <span className="visually-hidden">{direction === 'outgoing' ? 'sent' : 'received'} </span>
              <span className="timing-name-text">
                {formatMoment(at, today)} {formatBytes(requestSize + (responseSize ?? 0))}
              </span>
            </span>
            <span className="timing-track" aria-hidden="true">
              <span
                className="timing-bar"
                data-category="network"
                style={{ width: `${(100 * (durationMs ?? 0)) / longest}%` }}
              />
            </span>
            <span className="timing-figure">{durationMs === undefined ? 'no answer' : formatDuration(durationMs)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
