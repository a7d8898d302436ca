import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import type { SessionView } from '../../agent/views.ts';
import type { Place, PointOfView } from '../app/places.ts';
import { exchangeKey } from '../state/agent-state.ts';
import './conversation.css';
import { ExchangeRow } from './exchange-row.tsx';
import { useAgentState } from './hosted.ts';
import { OutsideView } from './outside-view.tsx';
import { SendBox } from './send-box.tsx';

/** Exchanges drawn at once; the older ones wait behind a button. */
const page = 200;
/** Pixels from the end within which a reader counts as being there. */
const nearEnd = 80;

interface ConversationProps {
  readonly session: SessionView;
  readonly go: (place: Place) => void;
  readonly pov: PointOfView | undefined;
  /** Chooses the point of view. */
  readonly bar: ReactNode;
}

/** What was said in a session, as the chosen party can know it, and the box to say more. */
export function Conversation({ session, go, pov, bar }: ConversationProps) {
  const all = useAgentState((state) => state.exchanges);
  const exchanges = all.filter(
    // A request whose handshake failed has no session of its own: it stands where its peer is talked to.
    ({ sessionId, peerId }) => sessionId === session.sessionId || (sessionId === '' && peerId === session.peerId),
  );
  const [drawn, setDrawn] = useState(page);
  const scroller = useStayAtEnd(exchanges.at(-1));
  if (pov === 'observer' || pov === 'controller') {
    return (
      <div className="conversation">
        {bar}
        {pov === 'observer' ? (
          <OutsideView exchanges={exchanges} session={session} />
        ) : (
          <p className="conversation-empty muted">
            Nothing of this conversation passes the Controller: the agents talk to each other directly.
          </p>
        )}
      </div>
    );
  }
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="conversation" role="log" aria-label="Conversation" tabIndex={0} ref={scroller}>
        {bar}
        {exchanges.length === 0 && (
          <p className="conversation-empty muted">
            Nothing has been said in this session. Write a request below; the peer’s answer appears under it.
          </p>
        )}
        {exchanges.length > drawn && (
          <button type="button" className="button conversation-older" onClick={() => setDrawn(drawn + page)}>
            Show older ({exchanges.length - drawn} more)
          </button>
        )}
        <ol className="conversation-rows">
          {exchanges.slice(-drawn).map((exchange) => (
            <ExchangeRow key={exchangeKey(exchange)} exchange={exchange} go={go} />
          ))}
        </ol>
      </div>
      <SendBox session={session} go={go} />
    </>
  );
}

/** Keeps the end in view as `last` changes, unless the reader has scrolled away from it. */
function useStayAtEnd(last: unknown) {
  const scroller = useRef<HTMLDivElement>(null);
  const height = useRef(0);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null || last === undefined) return;
    const wasAtEnd = box.scrollTop + box.clientHeight >= height.current - nearEnd;
    if (wasAtEnd) box.scrollTop = box.scrollHeight;
    height.current = box.scrollHeight;
  }, [last]);
  return scroller;
}
