import { sentEvents } from '../http/sent-events.ts';
import type { EventHub } from './events.ts';

/**
 * Returns server-sent events of everything that the hub emits from now on: `event:` the type, `data:` {"agent_id": …}. They are
 * hints: what they say is read again from the directory and the signed CRL. The stream ends when `ended` aborts.
 */
export function eventStream(hub: EventHub, ended?: AbortSignal): Response {
  return sentEvents((tell) => hub.subscribe(({ type, agentId }) => tell(type, { agent_id: agentId })), ended);
}
