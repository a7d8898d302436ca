import { type ReactNode, Suspense, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { type ExchangeView, exchangeKey, type SessionView } from '../../../agent/contracts/views.ts';
import { parseWords } from '../../design/marked-ranges.ts';
import { lazyView } from '../../frame/lazy-view.tsx';
import type { AgentPlace } from '../../routing/agent-place.ts';
import './conversation.css';
import { useAgentState } from '../../state/hosted.ts';
import { usePresence } from '../../state/use-directory.ts';
import { LiveRow } from '../exchange/live-row.tsx';
import { useFileList } from '../files/use-file-list.ts';
import { SessionLine } from '../sessions/session-line.tsx';
import { shownSession } from '../sessions/shown-session.ts';
import { withinDrawn } from './among.ts';
import { ConversationLog } from './conversation-log.tsx';
import { drawnFrom, mergedExchanges, withoutDeleted } from './conversation-model.ts';
import { SendBox } from './send-box.tsx';
import { useConversationPages } from './use-conversation-pages.ts';

const OutsideView = lazyView(async () => (await import('./outside-view.tsx')).OutsideView);
const PeerFileRow = lazyView(async () => (await import('../files/peer-file-row.tsx')).PeerFileRow);
const PeerFileBox = lazyView(async () => (await import('../files/peer-file-box.tsx')).PeerFileBox);

/** Exchanges drawn at once; the older ones wait behind a button. */
const page = 200;

interface ConversationProps {
  readonly peerId: string;
  /** The session that carries it now, or the last one that this page knows. */
  readonly session: SessionView | undefined;
  readonly place: AgentPlace;
  readonly go: (place: AgentPlace) => void;
  /** Chooses the point of view. */
  readonly bar?: ReactNode;
}

/** Shows the conversation with a peer, in all sessions, as the chosen party can know it, and the send box. */
export function Conversation({ peerId, session, place, go, bar }: ConversationProps) {
  const all = useAgentState((state) => state.exchanges);
  const live = useMemo(() => all.filter((exchange) => exchange.peerId === peerId), [all, peerId]);
  const current = useAgentState(({ sessions }) => shownSession(sessions, { peerId })?.sessionId);
  const isCurrent = place.sessionId === undefined || place.sessionId === current;
  if (session !== undefined && (place.pov === 'observer' || place.pov === 'controller')) {
    return (
      <div className="conversation">
        {bar}
        {place.pov === 'observer' ? (
          <Suspense>
            <OutsideView
              exchanges={live.filter(({ sessionId }) => sessionId === session.sessionId)}
              session={session}
            />
          </Suspense>
        ) : (
          <p className="conversation-empty muted">
            No message of this conversation passes through the Controller: the agents talk to each other directly.
          </p>
        )}
      </div>
    );
  }
  return (
    <>
      <WholeConversation
        // Another exchange or session to be led to is another stretch to be read.
        key={`${peerId} ${place.at ?? place.sessionId ?? ''}`}
        live={live}
        peerId={peerId}
        place={place}
        go={go}
        bar={bar}
      />
      <WhereToWrite
        peerId={peerId}
        sending={() => {
          // What is sent stands at the end, over whatever session it goes.
          if (place.at !== undefined || !isCurrent) go({ section: 'talk', peerId, tab: 'conversation' });
        }}
      />
    </>
  );
}

/** Shows the send box, or why nothing can be sent to the peer any more. */
function WhereToWrite(props: Omit<Parameters<typeof SendBox>[0], 'isAway' | 'beside'>) {
  const { peerId, sending } = props;
  const presence = usePresence(peerId);
  if (presence !== 'revoked') {
    const files = (
      <Suspense>
        <PeerFileBox peerId={peerId} offering={sending} />
      </Suspense>
    );
    return <SendBox {...props} isAway={presence === 'offline'} beside={files} />;
  }
  return (
    <p className="conversation-gone" role="status">
      {peerId} was revoked: nothing can be sent to it any more. The conversation stays stored.
    </p>
  );
}

interface WholeConversationProps {
  readonly peerId: string;
  readonly live: readonly ExchangeView[];
  readonly place: AgentPlace;
  readonly go: (place: AgentPlace) => void;
  readonly bar: ReactNode;
}

function WholeConversation({ peerId, live, place, go, bar }: WholeConversationProps) {
  const { at, sessionId } = place;
  const [isOlderSession] = useState(() => sessionId !== undefined && live.at(-1)?.sessionId !== sessionId);
  const isLedTo = (exchange: ExchangeView) =>
    at === undefined ? isOlderSession && exchange.sessionId === sessionId : exchange.sequence === at;
  const [around] = useState(() => at ?? live.find((exchange) => isLedTo(exchange))?.sequence);
  const pages = useConversationPages(peerId, around, live);
  const { hasOlder, hasNewer, isLoading, failure, exchanges: stored } = useStore(pages.store);
  const deleted = useAgentState((state) => state.deleted.get(peerId));
  const exchanges = useMemo(
    () => mergedExchanges(withoutDeleted({ exchanges: stored, hasOlder, hasNewer }, deleted), live),
    [stored, hasOlder, hasNewer, deleted, live],
  );
  const [drawn, setDrawn] = useState(page);
  const words = useMemo(() => parseWords(place.words), [place.words]);
  const led = exchanges.findIndex(isLedTo);
  const from = drawnFrom(exchanges, drawn, led);
  const shown = exchanges.slice(from);
  const goesBack = from > 0 || hasOlder;
  const list = useFileList(peerId, shown[0]?.at);
  const others = withinDrawn({ exchanges: shown, goesBack, goesOn: hasNewer }, list.files).map((file) => ({
    key: `file ${file.id}`,
    at: file.at,
    row: (
      <Suspense fallback={<li className="file-row" />}>
        <PeerFileRow file={file} />
      </Suspense>
    ),
  }));
  const older = () => {
    setDrawn(exchanges.length - from + page);
    if (from > 0) return;
    if (hasOlder) void pages.older();
    else void list.older();
  };
  const target = at === undefined ? (isOlderSession ? `[data-session="${sessionId}"]` : undefined) : '[data-target]';
  const isGone = at !== undefined && led === -1 && !isLoading && failure === undefined;
  return (
    <ConversationLog
      exchanges={shown}
      others={others}
      bar={
        <>
          {bar}
          {isGone && (
            <p className="conversation-gone" role="status">
              The exchange at this address is no longer stored: it was deleted, or it expired.
            </p>
          )}
        </>
      }
      empty="Nothing was sent yet. Write below and press Enter: the answer appears under your request."
      {...(goesBack || list.hasOlder ? { older } : {})}
      {...(hasNewer ? { newer: () => void pages.newer() } : {})}
      isLoading={isLoading}
      {...((failure ?? list.failure) === undefined ? {} : { failure: failure ?? list.failure })}
      {...(target === undefined ? {} : { target })}
      line={(run) => <SessionLine sessionId={run.sessionId} at={run.exchanges[0]?.at ?? 0} go={go} />}
      row={(exchange) => (
        <LiveRow
          key={exchangeKey(exchange)}
          exchange={exchange}
          isTarget={at !== undefined && exchange.sequence === at}
          words={words}
          go={go}
        />
      )}
      end={<QuietSession peerId={peerId} last={exchanges.at(-1)?.sessionId} go={go} />}
    />
  );
}

interface QuietSessionProps {
  readonly peerId: string;
  /** The session of the last exchange. */
  readonly last: string | undefined;
  readonly go: (place: AgentPlace) => void;
}

/** Shows the line of a session that is open and has sent nothing yet. */
function QuietSession({ peerId, last, go }: QuietSessionProps) {
  const session = useAgentState(({ sessions }) =>
    sessions.findLast((each) => each.peerId === peerId && each.status === 'ESTABLISHED'),
  );
  if (session === undefined || session.sessionId === last) return null;
  return <SessionLine sessionId={session.sessionId} at={session.createdAt * 1000} go={go} />;
}
