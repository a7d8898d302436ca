import { useRef } from 'react';
import { Link, useLocation } from 'wouter';
import type { Attempt, ScenarioInfo } from '../../lab/run/scenario.ts';
import { FailureLine } from '../design/failure-line.tsx';
import { AttemptList } from './attempt-list.tsx';
import { AttemptView } from './attempt-view.tsx';
import { labAddress } from './lab-place.ts';
import { isUnderWay, runScenario, type ScenarioRun, stopRun, useLab } from './lab-store.ts';
import { useAttemptFocus } from './use-attempt-focus.ts';

interface ScenarioViewProps {
  readonly info: ScenarioInfo;
  readonly attempt: string | undefined;
}

/** Shows one attack: who wants what, the button that runs it, and the outcome of every attempt. */
export function ScenarioView({ info, attempt }: ScenarioViewProps) {
  const run = useLab((state) => state.runs[info.id]);
  // The worker makes one run at a time: another scenario's must end first.
  const isBusy = useLab(({ runs, whole }) => isUnderWay(whole) || Object.values(runs).some(isRunning));
  const [, navigate] = useLocation();
  const attempts = run?.attempts ?? [];
  const only = run?.status === 'done' && attempts.length === 1 ? attempts[0] : undefined;
  const open = attempts.find(({ id }) => id === attempt) ?? only;
  const article = useRef<HTMLElement>(null);
  const close = () => navigate(labAddress({ scenario: info.id }));
  useAttemptFocus(article, open?.id, attempts.length > 1 ? close : undefined);
  return (
    <article
      ref={article}
      className="lab-scenario"
      aria-label={info.title}
      data-open={attempts.length > 1 && open !== undefined}
    >
      <Link href={labAddress()} className="lab-back">
        ← All attacks
      </Link>
      <header className="lab-scenario-head">
        <div>
          <h1>{info.title}</h1>
          <p className="muted">{info.summary}.</p>
        </div>
        {run?.status === 'running' ? (
          <button type="button" className="button" onClick={() => void stopRun()}>
            Stop
          </button>
        ) : (
          <button
            type="button"
            className="button button-primary"
            disabled={isBusy}
            onClick={() => void runScenario(info.id)}
          >
            {run === undefined ? 'Run' : 'Run again'}
          </button>
        )}
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
            ? 'Not run yet. A run takes a few seconds; the first one of this page also makes keys.'
            : 'Not run yet on this page: run it, and the attempt of this address opens.'}
        </p>
      )}
      {run?.status === 'done' && attempt !== undefined && open === undefined && (
        <p className="muted">This run has no attempt of that name.</p>
      )}
      <div className="lab-results" data-open={attempts.length > 1 && open !== undefined}>
        {run !== undefined && attempts.length > 1 && (
          <AttemptList info={info} run={run} open={open?.id} close={close} />
        )}
        {open !== undefined && (
          <div className="lab-open-attempt" tabIndex={-1}>
            {attempts.length > 1 && <Neighbours info={info} attempts={attempts} open={open} />}
            <AttemptView key={open.id} attempt={open} />
          </div>
        )}
      </div>
    </article>
  );
}

const isRunning = ({ status }: ScenarioRun) => status === 'running';

interface NeighboursProps {
  readonly info: ScenarioInfo;
  readonly attempts: readonly Attempt[];
  readonly open: Attempt;
}

/** Leads to the list of all attempts, to the one before and to the next. */
function Neighbours({ info, attempts, open }: NeighboursProps) {
  const at = attempts.indexOf(open);
  const place = (attempt: Attempt) => labAddress({ scenario: info.id, attempt: attempt.id });
  const [before, after] = [attempts[at - 1], attempts[at + 1]];
  return (
    <nav className="lab-neighbours" aria-label="Attempts of this scenario">
      <Link href={labAddress({ scenario: info.id })}>
        {at + 1} of {attempts.length} attempts
      </Link>
      {before !== undefined && (
        <Link href={place(before)} aria-label={`Attempt before: ${before.title}`}>
          ◂ before
        </Link>
      )}
      {after !== undefined && (
        <Link href={place(after)} aria-label={`Next attempt: ${after.title}`}>
          next ▸
        </Link>
      )}
    </nav>
  );
}

function Running({ run }: { readonly run: ScenarioRun }) {
  const { done, of, doing } = run.progress;
  return (
    <p className="lab-running">
      <progress value={done} max={of} aria-label="Attempts" /> {done} of {of}: {doing}
    </p>
  );
}
