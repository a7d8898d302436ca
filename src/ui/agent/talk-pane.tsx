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
          <TabContent tab={place.tab} session={session} go={go} />
        </Suspense>
      </div>
    </div>
  );
}

interface TabContentProps {
  readonly tab: SessionTab;
  readonly session: SessionView;
  readonly go: (place: Place) => void;
}

function TabContent({ tab, session, go }: TabContentProps) {
  switch (tab) {
    case 'conversation':
      return <Conversation key={session.sessionId} session={session} go={go} />;
    case 'handshake':
      return <Handshake session={session} />;
    case 'wire':
      return <Wire session={session} />;
  }
}

const noEvents = [] as const;

function Handshake({ session }: { readonly session: SessionView }) {
  const { agentId } = useHosted();
  const events = useAgentState(({ traces }) => traces[session.sessionId]) ?? noEvents;
  return <HandshakeView key={session.sessionId} events={events} session={session} ownId={agentId} />;
}

function Wire({ session }: { readonly session: SessionView }) {
  const { agentId } = useHosted();
  const wire = useAgentState((state) => state.wire);
  const entries = wire.filter(({ sessionId }) => sessionId === session.sessionId);
  return <WireView key={session.sessionId} entries={entries} ownId={agentId} />;
}
