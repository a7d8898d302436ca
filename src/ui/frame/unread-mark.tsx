import { useUnreadOf, useUnreadTotal } from '../state/unread.ts';
import './unread-mark.css';

interface UnreadMarkProps {
  readonly agentId: string;
  /** Whose requests and answers are counted; those of all peers when it is not given. */
  readonly peerId?: string;
}

/** Shows a dot and how many requests and answers nobody has seen; nothing when there are none. */
export function UnreadMark({ agentId, peerId }: UnreadMarkProps) {
  const total = useUnreadTotal(agentId);
  const ofPeer = useUnreadOf(agentId, peerId ?? '');
  const count = peerId === undefined ? total : ofPeer;
  if (count === 0) return null;
  return (
    <span className="unread-mark">
      <span aria-hidden="true">● {count}</span>
      <span className="visually-hidden">{count} unread</span>
    </span>
  );
}
