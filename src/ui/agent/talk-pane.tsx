import { lazy, Suspense } from 'react';
import type { SessionView } from '../../agent/views.ts';
import type { Place, SessionTab } from '../app/places.ts';
import { Conversation } from './conversation.tsx';
import { useAgentState, useHosted } from './hosted.ts';
import { NoSession } from './no-session.tsx';
import { SessionHeader } from './session-header.tsx';
import './talk-pane.css';

const HandshakeView = lazy(async () => ({ default: (await import('../handshake/handshake-view.tsx')).HandshakeView }));
const WireView = lazy(async () => ({ default: (await import('../wire/wire-view.tsx')).WireView }));

interface TalkPaneProps {
  readonly place: Place;
  readonly session: SessionView | undefined;
  readonly go: (place: Place) => void;
}

/** One session: its conversation, its handshake, or what the wire showed of it. */
export function TalkPane({ place, session, go }: TalkPaneProps) {
  if (session === undefined) {
    return (
      <div className="talk">
        <NoSession named={place.sessionId} go={go} />
      </div>
    );
  }
  const show = (tab: SessionTab) => go({ section: 'talk', sessionId: session.sessionId, tab });
  return (
    <div className="talk">
      <SessionHeader session={session} tab={place.tab} show={show} />
      <div
        className={`talk-view talk-view-${place.tab}`}
        role="tabpanel"
        id={`panel-${session.sessionId}`}
        aria-label={place.tab}
      >
        <Suspense fallback={<p className="talk-loading muted">Loading</p>}>
          <TabContent place={place} session={session} go={go} />
        </Suspense>
      </div>
    </div>
  );
}

interface TabContentProps {
  readonly place: Place;
  readonly session: SessionView;
  readonly go: (place: Place) => void;
}

function TabContent({ place, session, go }: TabContentProps) {
  const { sessionId } = session;
  const { tab, open } = place;
  const select = (id: string | undefined) =>
    go({ section: 'talk', sessionId, tab, ...(id === undefined ? {} : { open: id }) });
  switch (tab) {
    case 'conversation':
      return <Conversation key={sessionId} session={session} go={go} />;
    case 'handshake':
      return <Handshake key={sessionId} session={session} selected={open} select={select} />;
    case 'wire':
      return <Wire key={sessionId} session={session} selected={open} select={select} />;
  }
}

interface ViewProps {
  readonly session: SessionView;
  readonly selected: string | undefined;
  readonly select: (id: string | undefined) => void;
}

const noEvents = [] as const;

function Handshake({ session, selected, select }: ViewProps) {
  const { agentId } = useHosted();
  const events = useAgentState(({ traces }) => traces[session.sessionId]) ?? noEvents;
  return <HandshakeView events={events} session={session} ownId={agentId} selected={selected} onSelect={select} />;
}

function Wire({ session, selected, select }: ViewProps) {
  const { agentId } = useHosted();
  const wire = useAgentState((state) => state.wire);
  const entries = wire.filter(({ sessionId }) => sessionId === session.sessionId);
  return <WireView entries={entries} ownId={agentId} selected={selected} onSelect={select} />;
}
