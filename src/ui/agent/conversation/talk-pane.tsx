import { Suspense, useEffect, useRef } from 'react';
import type { SessionView } from '../../../agent/contracts/views.ts';
import { lazyView } from '../../frame/lazy-view.tsx';
import type { AgentPlace, Go, SessionTab } from '../../routing/agent-place.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';
import { seeConversation } from '../../state/unread.ts';
import { ChangedKeyNotice } from '../../verify/changed-key-notice.tsx';
import { PeerHeader } from '../peers/peer-header.tsx';
import { SessionHeader } from '../sessions/session-header.tsx';
import { shownSession } from '../sessions/shown-session.ts';
import { Conversation } from './conversation.tsx';
import { NoSession } from './no-session.tsx';
import './talk-pane.css';

const SessionBar = lazyView(async () => (await import('../sessions/session-bar.tsx')).SessionBar);
const SessionTabContent = lazyView(async () => (await import('../sessions/session-tab.tsx')).SessionTabContent);

interface TalkPaneProps {
  readonly place: AgentPlace;
  readonly session: SessionView | undefined;
  readonly go: Go;
}

/** Shows the conversation with a peer, and the session that carries it: its handshake, its keys, its traffic. */
export function TalkPane({ place, session, go }: TalkPaneProps) {
  const peerId = session?.peerId ?? place.peerId;
  return (
    <div className="talk">
      {peerId === undefined ? (
        <NoSession named={place.sessionId} go={go} />
      ) : (
        <PeerPane peerId={peerId} place={place} session={session} go={go} />
      )}
    </div>
  );
}

/** Shows one tree with and without a session, so that unsent text stays in place when a session comes or goes. */
function PeerPane({ peerId, place, session, go }: TalkPaneProps & { readonly peerId: string }) {
  const { pov } = place;
  const { agentId } = useHosted();
  const view = useRef<HTMLDivElement>(null);
  const tab = session === undefined ? 'conversation' : place.tab;
  const current = useAgentState(({ sessions }) => shownSession(sessions, { peerId })?.sessionId);
  useEffect(
    () =>
      tab === 'conversation' && view.current !== null ? seeConversation(view.current, agentId, peerId) : undefined,
    [tab, agentId, peerId],
  );
  const show = (next: SessionTab) => {
    const isOlder = session !== undefined && session.sessionId !== current;
    // The conversation outlives the session: its address is that of the peer, unless an older session is looked at.
    const where =
      session !== undefined && (next !== 'conversation' || isOlder) ? { sessionId: session.sessionId } : { peerId };
    go({ section: 'talk', ...where, tab: next, ...(pov === undefined ? {} : { pov }) });
  };
  return (
    <>
      {session === undefined ? (
        <PeerHeader key={peerId} peerId={peerId} />
      ) : (
        <SessionHeader key={session.sessionId} session={session} tab={tab} show={show} />
      )}
      <ChangedKeyNotice key={`changed ${peerId}`} peerId={peerId} />
      <div
        ref={view}
        className={`talk-view talk-view-${tab}`}
        {...(session === undefined
          ? { tabIndex: -1 }
          : // The log of a conversation has the keyboard itself.
            {
              role: 'tabpanel',
              tabIndex: tab === 'conversation' ? -1 : 0,
              id: `panel-${session.sessionId}`,
              'aria-label': tab,
            })}
      >
        <Suspense fallback={<p className="talk-loading muted">Loading</p>}>
          {tab === 'conversation' || session === undefined ? (
            <Conversation
              key={peerId}
              peerId={peerId}
              session={session}
              place={place}
              go={go}
              bar={
                session !== undefined && (
                  <Suspense>
                    <SessionBar place={place} session={session} go={go} />
                  </Suspense>
                )
              }
            />
          ) : (
            <SessionTabContent tab={tab} place={place} session={session} go={go} />
          )}
        </Suspense>
      </div>
    </>
  );
}
