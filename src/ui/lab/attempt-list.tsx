import { useState } from 'react';
import { Link } from 'wouter';
import type { ScenarioInfo } from '../../lab/run/scenario.ts';
import { formatCount } from '../design/format.ts';
import { handleStepKeys } from '../design/step-keys.ts';
import { labAddress } from './lab-place.ts';
import type { ScenarioRun } from './lab-store.ts';
import { Tally } from './tally.tsx';
import { VerdictWord } from './verdict.tsx';

interface AttemptListProps {
  readonly info: ScenarioInfo;
  readonly run: ScenarioRun;
  readonly open: string | undefined;
  readonly close: () => void;
}

/** Shows every attempt of a scenario with its verdict. */
export function AttemptList({ info, run, open, close }: AttemptListProps) {
  const { attempts } = run;
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLowerCase();
  const found = attempts.filter(({ title, verdict }) =>
    `${title} ${verdict.refusal?.check ?? ''} ${verdict.refusal?.code ?? ''} ${verdict.outcome}`
      .toLowerCase()
      .includes(wanted),
  );
  return (
    <section className="lab-attempts" aria-label="Attempts">
      <div className="lab-attempts-head">
        <h2>
          {formatCount(attempts.length, 'attempt')}: <Tally run={run} />
        </h2>
        {attempts.length > 12 && (
          <label>
            Filter{' '}
            <input
              type="search"
              value={filter}
              placeholder="member, check or code"
              onChange={(event) => setFilter(event.target.value)}
            />
          </label>
        )}
      </div>
      <ol className="lab-attempt-list" onKeyDown={(event) => handleStepKeys(event, close)}>
        {found.map(({ id, title, verdict }) => (
          <li key={id}>
            <Link
              href={labAddress({ scenario: info.id, attempt: id })}
              className="lab-attempt"
              data-step={id}
              aria-current={id === open ? 'true' : undefined}
            >
              <span>{title}</span>
              <VerdictWord verdict={verdict} />
            </Link>
          </li>
        ))}
      </ol>
      {found.length === 0 && <p className="muted">No attempt matches “{filter}”.</p>}
    </section>
  );
}
