import { type ComponentType, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { ConsoleBar } from '../../console/console-bar.tsx';
import { OpenConsole } from '../../console/open-console.tsx';
import { useLowWindow } from '../../design/use-low-window.ts';
import { type AgentPlace, type Go, type Section, startingPlace, talkPlace } from '../../routing/agent-place.ts';
import { type AgentDestination, useGuide } from '../../routing/go-to.ts';
import { HostedProvider, useAgentState, useHosting } from '../../state/hosted.ts';
import { TalkPane } from '../conversation/talk-pane.tsx';
import { GroupsPanel } from '../groups/list/groups-panel.tsx';
import { IdentityBar } from '../identity/identity-bar.tsx';
import { PeersPanel } from '../peers/peers-panel.tsx';
import { HeaderSlot } from '../sessions/header-slot.ts';
import { shownSession } from '../sessions/shown-session.ts';
import { NetworkScreen } from './network-screen.tsx';
import { PartsNav } from './parts-nav.tsx';
import { PhaseScreen } from './phase-screen.tsx';
import { SectionBar } from './section-bar.tsx';
import { StorageNotice } from './storage-notice.tsx';
import { GiveFocus, useWantedFocus } from './wanted-focus.tsx';
import './workspace.css';
import { conversationOf } from '../../../agent/contracts/group-views.ts';
import { theInspector } from '../../../engine/inspector/client.ts';
import { lazyView, preloadViews } from '../../frame/lazy-view.tsx';
import { whenIdle } from '../../frame/when-idle.ts';

interface WorkspaceProps {
  readonly agentId: string;
  readonly place: AgentPlace;
  readonly go: Go;
}

/**
 * Shows a full agent: its identity, its peers with their sessions, and one session in full. It fits whatever width it is
 * given.
 */
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
  readonly place: AgentPlace;
  readonly go: Go;
}

const GroupPane = lazyView(async () => (await import('../groups/pane/group-pane.tsx')).GroupPane);

/** What takes the middle instead of a conversation. */
const panes: Readonly<Partial<Record<Section, ComponentType<PlaceProps>>>> = {
  traffic: lazyView(async () => (await import('../../inspector/traffic/traffic-pane.tsx')).TrafficPane),
  search: lazyView(async () => (await import('../../search/search-pane.tsx')).SearchPane),
  audit: lazyView(async () => (await import('../../audit/audit-pane.tsx')).AuditPane),
  history: lazyView(async () => (await import('../../history/history-pane.tsx')).HistoryPane),
  archive: lazyView(async () => (await import('../../history/archive-pane.tsx')).ArchivePane),
};

function Phases({ place, go }: PlaceProps) {
  const isReady = useAgentState(({ phase }) => phase.phase === 'ready');
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  const isLow = useLowWindow();
  return (
    <HeaderSlot value={isLow ? slot : null}>
      <IdentityBar menu={isReady && <OpenConsole />}>
        {isReady && <StorageNotice go={go} />}
        <div className="identity-session" ref={setSlot} />
      </IdentityBar>
      {isReady ? <Instrument place={place} go={go} /> : <PhaseScreen />}
    </HeaderSlot>
  );
}

function Instrument({ place, go }: PlaceProps) {
  const area = useRef<HTMLDivElement>(null);
  const focus = useWantedFocus(area);
  const { section, groupId } = place;
  const sessions = useAgentState((state) => state.sessions);
  const session = groupId === undefined ? shownSession(sessions, place) : undefined;
  const sessionId = session?.sessionId;
  const peerId = session?.peerId ?? place.peerId;
  const conversation = groupId === undefined ? peerId : conversationOf(groupId);
  const guide = useCallback(
    (target: AgentDestination) => {
      const talkTo = conversation === undefined ? startingPlace : talkPlace(conversation);
      if (target === 'box') {
        if (focus.want(conversation === undefined ? 'peers' : target)) return;
        go(talkTo);
      } else if (target === 'conversation') {
        go(talkTo);
      } else if (target === 'handshake' || target === 'wire') {
        go(sessionId === undefined ? { section: 'talk', tab: target } : { section: 'talk', sessionId, tab: target });
      } else {
        go({ section: target === 'sessions' || target === 'groups' ? 'peers' : target, tab: 'conversation' });
        focus.want(target);
      }
    },
    [focus, go, sessionId, conversation],
  );
  useGuide(area, guide);
  useEffect(preloadAll, []);
  const Pane = panes[section];
  const isPanel = section === 'peers' || section === 'more';
  return (
    <>
      <div ref={area} className="workspace-body" data-shown={isPanel ? section : 'talk'}>
        <div className="workspace-side">
          <div className="panel">
            <GroupsPanel go={go} shown={groupId} />
            <PeersPanel go={go} shownPeer={peerId} shownSession={Pane === undefined ? sessionId : undefined} />
          </div>
          <PartsNav section={section} go={go} />
        </div>
        {Pane === undefined ? (
          groupId === undefined ? (
            <TalkPane place={place} session={session} go={go} />
          ) : (
            <Suspense fallback={<p className="talk talk-loading muted">Loading</p>}>
              <GroupPane key={groupId} groupId={groupId} place={place} go={go} />
              <GiveFocus key={groupId} give={focus.give} />
            </Suspense>
          )
        ) : (
          <Suspense fallback={<p className="talk talk-loading muted">Loading</p>}>
            <Pane place={place} go={go} />
            <GiveFocus key={section} give={focus.give} />
          </Suspense>
        )}
      </div>
      <ConsoleBar />
      <SectionBar section={section} go={go} conversation={conversation} />
    </>
  );
}

/** Loads what is not yet on this page, so that it is there without a network and after an update of the server. */
function preloadAll(): () => void {
  return whenIdle(() => {
    theInspector();
    void preloadViews();
  });
}
