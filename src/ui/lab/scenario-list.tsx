import { Link } from 'wouter';
import type { ScenarioInfo } from '../../lab/run/scenario.ts';
import { labAddress } from './lab-place.ts';
import { type ScenarioRun, useLab } from './lab-store.ts';
import './scenario-list.css';
import { Tally } from './tally.tsx';

/** Shows every scenario by its name, with its outcome. */
export function ScenarioList({ shown }: { readonly shown: string | undefined }) {
  const scenarios = useLab((state) => state.scenarios);
  const runs = useLab((state) => state.runs);
  return (
    <nav className="lab-list" aria-label="Scenarios">
      <h2 className="lab-list-head">
        <Link href={labAddress()} className="lab-item" aria-current={shown === undefined ? 'page' : undefined}>
          All attacks
        </Link>
      </h2>
      {scenarios.length === 0 && <p className="lab-list-empty muted">Opening the lab …</p>}
      <ol aria-label="Scenarios">
        {scenarios.map((info) => (
          <Item key={info.id} info={info} current={info.id === shown} run={runs[info.id]} />
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
  readonly run: ScenarioRun | undefined;
}

function Item({ info, current, run }: ItemProps) {
  return (
    <li>
      <Link href={labAddress({ scenario: info.id })} className="lab-item" aria-current={current ? 'page' : undefined}>
        <span>
          {info.title}
          <span className="lab-item-summary">{info.summary}</span>
        </span>
        <Tally run={run} />
      </Link>
    </li>
  );
}
