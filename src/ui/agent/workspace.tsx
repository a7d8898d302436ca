import { useCallback, useRef } from 'react';
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
      <div ref={area} className="workspace-body" data-shown={place.section}>
        <div className="workspace-side">
          <PeersPanel go={go} />
          <SessionsPanel go={go} shown={sessionId} />
        </div>
        <TalkPane place={place} session={session} go={go} />
      </div>
      <ConsoleBar />
      <SectionBar section={place.section} go={go} sessionId={sessionId} />
    </>
  );
}
