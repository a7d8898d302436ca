import type { ControllerEvent, EventHub } from '../controller/events.ts';
import { encodeFrame, eventsPerFrame } from '../relay/client/frames.ts';
import type { AgentConnections } from '../relay/server/agent-connections.ts';

/** Milliseconds for which events of agents that come and go are gathered. */
const gatherMs = 250;

/**
 * Tells the Controller's events to every agent on its line: a revocation at once, agents that come and go gathered, the last
 * word about each. Returns how to stop.
 */
export function tellLines(hub: EventHub, lines: Pick<AgentConnections, 'tellAll'>): () => void {
  const gathered = new Map<string, ControllerEvent>();
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    clearTimeout(timer);
    timer = undefined;
    const events = [...gathered.values()].map(({ type, agentId }) => ({ event: type, agent_id: agentId }));
    gathered.clear();
    if (events.length > 0) lines.tellAll(encodeFrame({ type: 'events', events }));
  };
  const unsubscribe = hub.subscribe((event) => {
    // Its coming and going after a revocation says less than the revocation.
    gathered.delete(event.agentId);
    gathered.set(event.agentId, event);
    if (event.type === 'certificate_revoked' || gathered.size >= eventsPerFrame) tell();
    else timer ??= setTimeout(tell, gatherMs);
  });
  return () => {
    unsubscribe();
    clearTimeout(timer);
  };
}
