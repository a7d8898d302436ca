import { lazy, Suspense } from 'react';
import type { SessionView } from '../../agent/views.ts';
import type { Place, SessionTab } from '../app/places.ts';
import type { Looking } from '../inspect/inspector-props.ts';
import { Conversation } from './conversation.tsx';
import { useHosted } from './hosted.ts';
import { useLiveRecording } from './live-recording.ts';
import { NoSession } from './no-session.tsx';
import { SessionHeader } from './session-header.tsx';
import './talk-pane.css';

const HandshakeView = lazy(async () => ({ default: (await import('../handshake/handshake-view.tsx')).HandshakeView }));
const KeysView = lazy(async () => ({ default: (await import('../keys/keys-view.tsx')).KeysView }));
const TimingView = lazy(async () => ({ default: (await import('../timing/timing-view.tsx')).TimingView }));
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
  const { agentId } = useHosted();
  const { sessionId } = session;
  const { tab, open, member, pov } = place;
  const recording = useLiveRecording(session);
  const look = (looking: Looking) => go({ section: 'talk', sessionId, tab, ...looking });
  const select = (id: string | undefined) =>
    look({ ...(id === undefined ? {} : { open: id }), ...(pov === undefined ? {} : { pov }) });
  const looking: Looking = {
    ...(open === undefined ? {} : { open }),
    ...(member === undefined ? {} : { member }),
    ...(pov === undefined ? {} : { pov }),
  };
  const inspected = { recording, looking, look };
  switch (tab) {
    case 'conversation':
      return <Conversation key={sessionId} session={session} go={go} />;
    case 'handshake':
      return (
        <HandshakeView
          key={sessionId}
          events={recording.ends[0]?.events ?? []}
          session={session}
          ownId={agentId}
          selected={open}
          onSelect={select}
        />
      );
    case 'keys':
      return <KeysView key={sessionId} {...inspected} />;
    case 'timing':
      return <TimingView key={sessionId} {...inspected} />;
    case 'wire':
      return <WireView key={sessionId} entries={recording.wire} ownId={agentId} selected={open} onSelect={select} />;
  }
}
