import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Attempt, ScenarioInfo } from '../../lab/run/scenario.ts';
import { FailureLine } from '../design/failure-line.tsx';
import { handleStepKeys } from '../design/step-keys.ts';
import { AttemptView } from './attempt-view.tsx';
import { labAddress } from './lab-place.ts';
import { runScenario, type ScenarioRun, useLab } from './lab-store.ts';
import { VerdictWord } from './verdict.tsx';

interface ScenarioViewProps {
  readonly info: ScenarioInfo;
  readonly attempt: string | undefined;
}

/** Shows one attack: who wants what, the button that runs it, and the outcome of every attempt. */
export function ScenarioView({ info, attempt }: ScenarioViewProps) {
  const run = useLab((state) => state.runs[info.id]);
  const [, navigate] = useLocation();
  const attempts = run?.attempts ?? [];
  const only = run?.status === 'done' && attempts.length === 1 ? attempts[0] : undefined;
  const open = attempts.find(({ id }) => id === attempt) ?? only;
  return (
    <article className="lab-scenario" aria-label={info.title}>
      <Link href="/lab" className="lab-back">
        ← Scenarios
      </Link>
      <header className="lab-scenario-head">
        <div>
          <h1>{info.title}</h1>
          <p className="muted">{info.summary}.</p>
        </div>
        <button
          type="button"
          className="button button-primary"
          disabled={run?.status === 'running'}
          onClick={() => void runScenario(info.id)}
        >
          {run === undefined ? 'Run' : run.status === 'running' ? 'Running' : 'Run again'}
        </button>
      </header>
      <dl className="lab-words">
        <div>
          <dt>The attacker has</dt>
          <dd>{info.has}</dd>
        </div>
        <div>
          <dt>and wants</dt>
          <dd>{info.wants}</dd>
        </div>
        <div>
          <dt>Parley promises</dt>
          <dd>{info.promise}</dd>
        </div>
      </dl>
      {run?.failure !== undefined && <FailureLine failure={run.failure} />}
      {run?.status === 'running' && <Running run={run} />}
      {run === undefined && (
        <p className="muted">
          {attempt === undefined
            ? 'Not run yet. A run takes a second or two; the first one of this page makes keys as well.'
            : 'Not run yet on this page: run it, and the attempt of this address opens.'}
        </p>
      )}
      {run?.status === 'done' && attempt !== undefined && open === undefined && (
        <p className="muted">This run has no attempt of that name.</p>
      )}
      <div className="lab-results" data-open={attempts.length > 1 && open !== undefined}>
        {attempts.length > 1 && (
          <Attempts
            info={info}
            attempts={attempts}
            open={open?.id}
            close={() => navigate(labAddress({ scenario: info.id }))}
          />
        )}
        {open !== undefined && <AttemptView key={open.id} attempt={open} />}
      </div>
    </article>
  );
}

function Running({ run }: { readonly run: ScenarioRun }) {
  const { done, of, doing } = run.progress;
  return (
    <p className="lab-running" role="status">
      <progress value={done} max={of} aria-label="Attempts" /> {done} of {of}: {doing}
    </p>
  );
}

interface AttemptsProps {
  readonly info: ScenarioInfo;
  readonly attempts: readonly Attempt[];
  readonly open: string | undefined;
  readonly close: () => void;
}

function Attempts({ info, attempts, open, close }: AttemptsProps) {
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLowerCase();
  const found = attempts.filter(({ title, verdict }) =>
    `${title} ${verdict.refusal?.check ?? ''} ${verdict.refusal?.code ?? ''} ${verdict.outcome}`
      .toLowerCase()
      .includes(wanted),
  );
  const asExpected = attempts.filter(({ verdict }) => verdict.outcome === verdict.expected).length;
  return (
    <section className="lab-attempts" aria-label="Attempts">
      <div className="lab-attempts-head">
        <h2>
          {attempts.length} attempts, {asExpected === attempts.length ? 'all' : asExpected} as they must end
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
      <ol
        className="lab-attempt-list"
        data-long={attempts.length > 12}
        onKeyDown={(event) => handleStepKeys(event, close)}
      >
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
