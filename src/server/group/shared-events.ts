import type { NatsConnection } from '@nats-io/transport-node';
import * as v from 'valibot';
import { createEventHub, type EventHub } from '../../controller/events.ts';
import { agentId } from '../../protocol/wire/members.ts';

const subject = 'parley.events';

const event = v.object({
  type: v.picklist(['agent_online', 'agent_offline', 'certificate_revoked']),
  agentId,
});

/** A hub whose events are heard by every server of a group. */
export function sharedEventHub(nats: NatsConnection): EventHub {
  const here = createEventHub();
  nats.subscribe(subject, {
    callback: (error, message) => {
      if (error !== null) return;
      const heard = readEvent(message.string());
      if (heard !== undefined) here.publish(heard);
    },
  });
  return {
    subscribe: here.subscribe,
    publish: (told) => {
      here.publish(told);
      if (!nats.isClosed()) nats.publish(subject, JSON.stringify(told));
    },
  };
}

function readEvent(text: string): v.InferOutput<typeof event> | undefined {
  try {
    return v.parse(event, JSON.parse(text));
  } catch {
    return undefined;
  }
}
