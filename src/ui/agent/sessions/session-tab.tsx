import { lazyView } from '../../frame/lazy-view.tsx';
import type { SessionTab } from '../../routing/agent-place.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';
import { DroppedTrace } from './dropped-trace.tsx';
import { SessionBar } from './session-bar.tsx';
import { fullHandshakeBefore } from './shown-session.ts';
import { type InspectedSession, useInspected } from './use-inspected.ts';

const HandshakeView = lazyView(
  async () => (await import('../../inspector/handshake/handshake-view.tsx')).HandshakeView,
);
const KeysView = lazyView(async () => (await import('../../inspector/keys/keys-view.tsx')).KeysView);
const TimingView = lazyView(async () => (await import('../../inspector/timing/timing-view.tsx')).TimingView);
const WireLogView = lazyView(async () => (await import('../../inspector/wire/wire-log-view.tsx')).WireLogView);

interface SessionTabContentProps extends InspectedSession {
  readonly tab: Exclude<SessionTab, 'conversation'>;
}

/** Shows one view of a session. */
export function SessionTabContent({ tab, ...props }: SessionTabContentProps) {
  const { session, go } = props;
  const { agentId } = useHosted();
  const inspected = useInspected(props);
  const { sessionId, resumes } = session;
  const show = (of: string) => () => go({ section: 'talk', sessionId: of, tab: 'handshake' });
  const full = useAgentState(({ sessions }) => fullHandshakeBefore(sessions, session)?.sessionId);
  const former = useAgentState(({ sessions }) => sessions.find((each) => each.sessionId === resumes)?.sessionId);
  const isGone = session.isTraceDropped === true && inspected.recording.ends.every(({ events }) => events.length === 0);
  if (isGone && tab !== 'wire') {
    return (
      <>
        <SessionBar {...props} />
        <DroppedTrace />
      </>
    );
  }
  switch (tab) {
    case 'handshake':
      return (
        <>
          <SessionBar {...props} />
          <HandshakeView
            key={sessionId}
            {...inspected}
            own={session.role}
            showFormer={former === undefined ? undefined : show(former)}
            fullHandshake={full === undefined ? undefined : { sessionId: full, show: show(full) }}
          />
        </>
      );
    case 'keys':
      return (
        <>
          <SessionBar {...props} />
          <KeysView key={sessionId} {...inspected} />
        </>
      );
    case 'timing':
      return <TimingView key={sessionId} {...inspected} />;
    case 'wire': {
      const { recording, looking, look } = inspected;
      const { pov, open } = looking;
      return (
        <WireLogView
          key={sessionId}
          entries={recording.wire}
          ownId={agentId}
          selected={open}
          onSelect={(id) => look({ ...(id === undefined ? {} : { open: id }), ...(pov === undefined ? {} : { pov }) })}
        />
      );
    }
  }
}
