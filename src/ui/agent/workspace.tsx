import { lazy, Suspense, useCallback, useRef } from 'react';
import { type AgentPlace, useGuide } from '../app/go-to.ts';
import type { Place } from '../app/places.ts';
import { ConsoleBar } from '../console/console-bar.tsx';
import { HostedProvider, useAgentState, useHosting } from './hosted.ts';
import { IdentityBar } from './identity-bar.tsx';
import { NetworkScreen } from './network-screen.tsx';
import { PeersPanel } from './peers-panel.tsx';
import { PhaseScreen } from './phase-screen.tsx';
import { SectionBar } from './section-bar.tsx';
import { SessionsPanel } from './sessions-panel.tsx';
import { shownSession } from './shown-session.ts';
import { TalkPane } from './talk-pane.tsx';
import './workspace.css';

const TrafficPane = lazy(async () => ({ default: (await import('../traffic/traffic-pane.tsx')).TrafficPane }));

interface WorkspaceProps {
  readonly agentId: string;
  readonly place: Place;
  readonly go: (place: Place) => void;
}

/** A full agent: its identity, its peers, its sessions, and one session in full. It fits whatever width it is given. */
export function Workspace({ agentId, place, go }: WorkspaceProps) {
  const hosted = useHosting(agentId);
  return (
    <section className="workspace" aria-label={agentId}>
      <HostedProvider value={hosted}>
        {hosted === undefined ? <NetworkScreen agentId={agentId} /> : <Phases place={place} go={go} />}
      </HostedProvider>
    </section>
  );
}

interface PlaceProps {
  readonly place: Place;
  readonly go: (place: Place) => void;
}

function Phases({ place, go }: PlaceProps) {
  const isReady = useAgentState(({ phase }) => phase.phase === 'ready');
  return (
    <>
      <IdentityBar />
      {isReady ? <Instrument place={place} go={go} /> : <PhaseScreen />}
    </>
  );
}

function Instrument({ place, go }: PlaceProps) {
  const area = useRef<HTMLDivElement>(null);
  const session = shownSession(
    useAgentState(({ sessions }) => sessions),
    place.sessionId,
  );
  const sessionId = session?.sessionId;
  const guide = useCallback(
    (target: AgentPlace) => {
      if (target === 'traffic') {
        go({ section: 'traffic', tab: 'conversation' });
        return;
      }
      if (target === 'peers' || target === 'sessions') {
        go({ section: target, tab: 'conversation' });
        area.current?.querySelector<HTMLElement>(`[data-section="${target}"]`)?.focus();
        return;
      }
      go(sessionId === undefined ? { section: 'talk', tab: target } : { section: 'talk', sessionId, tab: target });
    },
    [go, sessionId],
  );
  useGuide(area, guide);
  return (
    <>
      <div ref={area} className="workspace-body" data-shown={place.section === 'traffic' ? 'talk' : place.section}>
        <div className="workspace-side">
          <PeersPanel go={go} />
          <SessionsPanel go={go} shown={place.section === 'traffic' ? undefined : sessionId} />
          <TrafficButton shown={place.section === 'traffic'} go={go} />
        </div>
        {place.section === 'traffic' ? (
          <Suspense fallback={<p className="talk-loading muted">Loading</p>}>
            <TrafficPane place={place} go={go} />
          </Suspense>
        ) : (
          <TalkPane place={place} session={session} go={go} />
        )}
      </div>
      <ConsoleBar />
      <SectionBar section={place.section} go={go} sessionId={sessionId} />
    </>
  );
}

/** The way to everything that was said and sent, in all sessions. */
function TrafficButton({ shown, go }: { readonly shown: boolean; readonly go: (place: Place) => void }) {
  const count = useAgentState(({ wire }) => wire.length);
  return (
    <button
      type="button"
      className="workspace-traffic"
      aria-current={shown ? 'page' : undefined}
      onClick={() => go({ section: 'traffic', tab: 'conversation' })}
    >
      <span>
        Traffic <span className="panel-count">{count}</span>
      </span>
      <span aria-hidden="true">→</span>
    </button>
  );
}
