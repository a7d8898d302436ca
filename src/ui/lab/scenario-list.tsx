import { Link } from 'wouter';
import type { ScenarioInfo } from '../../lab/run/scenario.ts';
import { labAddress } from './lab-place.ts';
import { outcomeOf, type RunOutcome, runAll, useLab } from './lab-store.ts';
import './scenario-list.css';

/** Shows every scenario by its name, with its outcome. */
export function ScenarioList({ shown }: { readonly shown: string | undefined }) {
  const scenarios = useLab((state) => state.scenarios);
  const runs = useLab((state) => state.runs);
  const runningAll = useLab((state) => state.runningAll);
  const ended = scenarios.filter(({ id }) => runs[id]?.status === 'done').length;
  return (
    <nav className="lab-list" aria-label="Scenarios">
      <div className="lab-list-head">
        <h2>Attack lab</h2>
        <button
          type="button"
          className="button"
          disabled={runningAll || scenarios.length === 0}
          onClick={() => void runAll()}
        >
          {runningAll ? `${ended} of ${scenarios.length}` : 'Run all'}
        </button>
      </div>
      {scenarios.length === 0 && <p className="lab-list-empty muted">Opening the lab …</p>}
      <ol aria-label="Scenarios">
        {scenarios.map((info) => (
          <Item key={info.id} info={info} current={info.id === shown} outcome={outcomeOf(runs[info.id])} />
        ))}
      </ol>
      <section aria-label="You as the attacker">
        <h3 className="muted">You as the attacker</h3>
        <ul>
          <li>
            <Link
              href={labAddress({ scenario: 'free' })}
              className="lab-item"
              aria-current={shown === 'free' ? 'page' : undefined}
            >
              <span>
                Free mode
                <span className="lab-item-summary">Hold, change, drop and repeat messages yourself</span>
              </span>
            </Link>
          </li>
        </ul>
      </section>
    </nav>
  );
}

interface ItemProps {
  readonly info: ScenarioInfo;
  readonly current: boolean;
  readonly outcome: RunOutcome;
}

function Item({ info, current, outcome }: ItemProps) {
  return (
    <li>
      <Link href={labAddress({ scenario: info.id })} className="lab-item" aria-current={current ? 'page' : undefined}>
        <span>
          {info.title}
          <span className="lab-item-summary">{info.summary}</span>
        </span>
        <OutcomeMark outcome={outcome} />
      </Link>
    </li>
  );
}

const marks: Readonly<Record<RunOutcome, readonly [mark: string, words: string]>> = {
  'not run': ['', ''],
  running: ['○', 'running'],
  held: ['✓', 'held'],
  broken: ['✕', 'BROKEN'],
  failed: ['!', 'did not run'],
};

function OutcomeMark({ outcome }: { readonly outcome: RunOutcome }) {
  const [mark, words] = marks[outcome];
  return (
    <span className="lab-outcome" data-outcome={outcome}>
      <span aria-hidden="true">{mark}</span> {words}
    </span>
  );
}
