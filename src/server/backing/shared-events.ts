import * as v from 'valibot';
import { type ControllerEvent, createEventHub, type EventHub } from '../../controller/events.ts';
import { parseJson } from '../../protocol/wire/json.ts';
import { agentId } from '../../protocol/wire/members.ts';
import type { NatsLink } from '../../storage/nats/link.ts';
import type { Seal } from '../../storage/nats/seal.ts';

const subject = 'parley.events';
const place = ['events'];
/** Milliseconds that an event may be old or, by the clock of its server, early. */
const freshMs = 60_000;
/** Events that are remembered, so that one that is sent again is not told again. */
const mostRemembered = 10_000;

const event = v.object({
  id: v.string(),
  at: v.number(),
  type: v.picklist(['agent_online', 'agent_offline']),
  agentId,
});

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
  const seen = new Set<string>();
  link.connection.subscribe(subject, {
    callback: (error, message) => {
      if (error !== null) return;
      const heard = readEvent(seal.open(place, message.string()));
      if (heard === undefined || Math.abs(Date.now() - heard.at) > freshMs || seen.has(heard.id)) return;
      seen.add(heard.id);
      for (const oldest of seen) {
        if (seen.size <= mostRemembered) break;
        seen.delete(oldest);
      }
      here.publish({ type: heard.type, agentId: heard.agentId });
    },
  });
  return {
    subscribe: here.subscribe,
    publish: (told) => {
      if (told.type === 'certificate_revoked') return;
      here.publish(told);
      if (!link.isUp) return;
      const text = JSON.stringify({ id: crypto.randomUUID(), at: Date.now(), ...told });
      link.connection.publish(subject, seal.close(place, text));
    },
    revoked: (revokedId) => here.publish({ type: 'certificate_revoked', agentId: revokedId }),
  };
}

function readEvent(text: string | undefined): v.InferOutput<typeof event> | undefined {
  if (text === undefined) return undefined;
  const { success, output } = v.safeParse(event, parseJson(new TextEncoder().encode(text), 4_096));
  return success ? output : undefined;
}
