import type { GroupPartView } from './group-views.ts';
import type { ExchangeView, WaitingView } from './views.ts';

/**
 * Returns what a request without an answer waits for, and until when: `helper_agent_001 is offline, trying until 08:24:39`. `timeOf`
 * writes a moment, given in milliseconds since 1970: its time of day, and its day where that is another than today.
 */
export function waitingWords(
  { peerId, group }: Pick<ExchangeView, 'peerId' | 'group'>,
  waiting: WaitingView,
  timeOf: (ms: number) => string,
): string {
  switch (waiting.for) {
    case 'turn':
      return `Waiting for its turn: earlier requests to ${peerId} are under way`;
    case 'answer':
      return `Waiting for the answer of ${peerId} until ${timeOf(waiting.until)}`;
    case 'peer':
      return `${peerWords(peerId, waiting)}, trying until ${timeOf(waiting.until)}`;
    case 'connection':
      return `No connection to the server, trying until ${timeOf(waiting.until)}`;
    case 'limit':
      return `${peerId} takes no more requests for now, trying until ${timeOf(waiting.until)}`;
    case 'return':
      return `${leftWords(peerId, group?.delivery)} until ${timeOf(waiting.until)}`;
  }
}

/** Returns how far a message has come that was left for a peer. */
function leftWords(peerId: string, delivery: GroupPartView['delivery'] = 'stored'): string {
  switch (delivery) {
    case 'sending':
      return `Kept here for ${peerId}: the delivery service does not have it yet. It is tried`;
    case 'stored':
      return `Stored for ${peerId}, which can answer`;
    case 'delivered':
      return `${peerId} has it, and can answer`;
  }
}

function peerWords(peerId: string, { failure }: Extract<WaitingView, { for: 'peer' }>): string {
  if (failure?.code === 'controller_unreachable') return 'The server does not answer';
  const isOffline = failure === undefined || failure.code === 'peer_unreachable';
  return isOffline ? `${peerId} is offline` : `${peerId} does not answer`;
}
