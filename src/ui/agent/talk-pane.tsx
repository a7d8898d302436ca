import { lazy, Suspense } from 'react';
import type { SessionView } from '../../agent/views.ts';
import type { Place, SessionTab } from '../app/places.ts';
import type { Looking } from '../inspect/inspector-props.ts';
import { PointOfViewBar } from '../inspect/point-of-view.tsx';
import { ExportButton } from '../trace/export-button.tsx';
import { ChangedKeyNotice } from '../verify/changed-key-notice.tsx';
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
  const { sessionId } = session;
  const { tab, pov } = place;
  const show = (next: SessionTab) =>
    go({ section: 'talk', sessionId, tab: next, ...(pov === undefined ? {} : { pov }) });
  return (
    <div className="talk">
      <ChangedKeyNotice peerId={session.peerId} />
      <SessionHeader key={sessionId} session={session} tab={tab} show={show} />
      <div
        className={`talk-view talk-view-${tab}`}
        role="tabpanel"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        id={`panel-${sessionId}`}
        aria-label={tab}
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
  const bar = (
    <PointOfViewBar
      session={recording.session}
      pov={pov}
      choose={(next) => {
        const { pov: _, ...rest } = looking;
        look({ ...rest, ...(next === undefined ? {} : { pov: next }) });
      }}
    >
      <ExportButton recording={recording} />
    </PointOfViewBar>
  );
  switch (tab) {
    case 'conversation':
      return <Conversation key={sessionId} session={session} go={go} pov={pov} bar={bar} />;
    case 'handshake':
      return (
        <>
          {bar}
          <HandshakeView key={sessionId} {...inspected} own={session.role} />
        </>
      );
    case 'keys':
      return (
        <>
          {bar}
          <KeysView key={sessionId} {...inspected} />
        </>
      );
    case 'timing':
      return <TimingView key={sessionId} {...inspected} />;
    case 'wire':
      return <WireView key={sessionId} entries={recording.wire} ownId={agentId} selected={open} onSelect={select} />;
  }
}
