import * as v from 'valibot';
import { type ControllerEvent, createEventHub, type EventHub } from '../../controller/events.ts';
import { agentId } from '../../protocol/wire/members.ts';
import type { NatsLink } from '../../storage/nats/link.ts';
import type { Seal } from '../../storage/nats/seal.ts';
import { sharedTopic } from './shared-topic.ts';

const event = v.object({ type: v.picklist(['agent_online', 'agent_offline']), agentId });

/** A hub of a group. */
export interface SharedEventHub extends EventHub {
  /** Tells everyone who listens here of a revocation that stands in the group's records. */
  revoked(agentId: ControllerEvent['agentId']): void;
}

/**
 * Creates a hub whose authenticated events reach every server of a group. Of a revocation every server hears by the
 * records alone, so nobody can make one up here. Events of the time without NATS are lost; listeners read the
 * directory again.
 */
export function sharedEventHub(link: NatsLink, seal: Seal): SharedEventHub {
  const here = createEventHub();
  const others = sharedTopic(link, seal, { subject: 'parley.events', place: 'events', schema: event }, (heard) =>
    here.publish(heard),
  );
  return {
    subscribe: here.subscribe,
    publish: ({ type, agentId }) => {
      if (type === 'certificate_revoked') return;
      here.publish({ type, agentId });
      others.tell({ type, agentId });
    },
    revoked: (revokedId) => here.publish({ type: 'certificate_revoked', agentId: revokedId }),
  };
}
