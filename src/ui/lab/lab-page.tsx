import { useEffect } from 'react';
import { Redirect } from 'wouter';
import { FailureLine } from '../design/failure-line.tsx';
import { NotFoundPage } from '../frame/not-found-page.tsx';
import { PageHeader } from '../frame/page-header.tsx';
import { FreeMode } from './free-mode.tsx';
import './lab.css';
import { LabHome } from './lab-home.tsx';
import { type LabPlace, labAddress, movedTo } from './lab-place.ts';
import { loadScenarios, useLab } from './lab-store.ts';
import { ScenarioList } from './scenario-list.tsx';
import { ScenarioView } from './scenario-view.tsx';
import { useScrollPosition } from './scroll-position.ts';

/** Shows the attack lab: every attack of the threat model, run against real agents in a worker of this page. */
export function LabPage({ scenario, attempt }: LabPlace) {
  const scenarios = useLab((state) => state.scenarios);
  const failure = useLab((state) => state.failure);
  useEffect(() => void loadScenarios(), []);
  useScrollPosition(scenario ?? '');
  const moved = movedTo({
    ...(scenario === undefined ? {} : { scenario }),
    ...(attempt === undefined ? {} : { attempt }),
  });
  if (moved !== undefined) return <Redirect to={labAddress(moved)} replace />;
  const info = scenarios.find(({ id }) => id === scenario);
  const isKnown = scenario === undefined || scenario === 'free' || info !== undefined || scenarios.length === 0;
  if (!isKnown) return <NotFoundPage reason="The lab has no such scenario." />;
  return (
    <div className="lab-page">
      <title>Attack lab · Parley</title>
      <PageHeader />
      <main id="main" className="lab" data-shown={scenario === undefined ? 'list' : 'scenario'}>
        <ScenarioList shown={scenario} />
        <div className="lab-main">
          {failure !== undefined && (
            <div className="lab-failed">
              <FailureLine failure={failure} />
              <button type="button" className="button" onClick={() => void loadScenarios()}>
                Try again
              </button>
            </div>
          )}
          {scenario === undefined && <LabHome />}
          {scenario === 'free' && <FreeMode />}
          {info !== undefined && <ScenarioView key={info.id} info={info} attempt={attempt} />}
          {scenario !== undefined && scenario !== 'free' && info === undefined && failure === undefined && (
            <p className="muted" role="status">
              Opening the lab …
            </p>
          )}
        </div>
      </main>
    </div>
  );
}
