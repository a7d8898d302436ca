import { useEffect, useRef, useState } from 'react';
import { navigate } from 'wouter/use-browser-location';
import { type ExchangeView, exchangeKey } from '../../../agent/contracts/views.ts';
import { isNamed } from '../../../protocol/realm.ts';
import { agentAddress } from '../../routing/agent-place.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';

/** Tells a person who is not looking that a request waits for their answer, where the browser may; else offers to ask it. */
export function WaitingRequests() {
  const { agentId } = useHosted();
  const exchanges = useAgentState((state) => state.exchanges);
  const answering = useAgentState((state) => state.answering);
  const [permission, setPermission] = useState(permissionNow);
  const told = useRef(new Set<string>());
  useEffect(() => {
    // It is given and taken in the browser too, beside the page or in another one.
    const look = () => setPermission(permissionNow());
    window.addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      window.removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  useEffect(() => {
    const held = exchanges.filter(({ status }) => status === 'held');
    const before = told.current;
    told.current = new Set(held.map(exchangeKey));
    if (permissionNow() !== 'granted' || document.visibilityState === 'visible') return;
    for (const exchange of held) if (!before.has(exchangeKey(exchange))) notify(agentId, exchange);
  }, [agentId, exchanges]);
  if (answering !== 'person' || permission !== 'default') return null;
  return (
    <button
      type="button"
      className="button button-quiet"
      title="The browser shows a notification when a request waits and this tab is not in view. It names the two agents, never the content."
      onClick={() => void Notification.requestPermission().then(() => setPermission(permissionNow()))}
    >
      Notify me
    </button>
  );
}

/** Returns what the browser lets this site do now; it denies where there are no notifications. */
function permissionNow(): NotificationPermission {
  return 'Notification' in window ? Notification.permission : 'denied';
}

/** Shows a notification that leads to the conversation. It holds no content: the system may keep it. */
function notify(agentId: string, { peerId, requestId }: ExchangeView): void {
  try {
    const notification = new Notification(`${peerId} waits for your answer`, {
      body: `${agentId} · Parley`,
      tag: `${agentId} ${peerId} ${requestId}`,
    });
    notification.addEventListener('click', () => {
      window.focus();
      if (`${location.pathname}/`.startsWith(`${agentAddress(agentId)}/`)) {
        navigate(agentAddress(agentId, { section: 'talk', peerId, tab: 'conversation' }));
      }
      notification.close();
    });
  } catch (cause) {
    // On Android pages may not show notifications themselves; the title and the icon tell there.
    if (!isNamed(cause, 'TypeError')) throw cause;
  }
}
