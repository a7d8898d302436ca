import { join } from 'node:path';
import { createEventHub, type EventHub } from '../controller/events.ts';
import type { ControllerStore } from '../controller/store.ts';
import type { AgentId } from '../protocol/bytes.ts';
import { openAuthorityFile } from '../storage/file/authority-file.ts';
import { connectToNats } from '../storage/nats/connect.ts';
import { openNatsControllerStore } from '../storage/nats/controller-store.ts';
import { openSqliteControllerStore } from '../storage/sqlite/controller-store.ts';
import { GroupReach } from './group/group-reach.ts';
import { sharedEventHub } from './group/shared-events.ts';
import type { ServerOptions } from './options.ts';
import { revoked } from './relay/accept.ts';
import type { RelayLimits } from './relay/limits.ts';
import { AgentLines } from './relay/lines.ts';
import type { Reach } from './relay/relayed.ts';

/** What a server stands on: its data, the agents that it reaches, and what is told to everyone. */
export interface Backing {
  readonly kind: 'sqlite' | 'nats';
  readonly store: ControllerStore;
  readonly lines: AgentLines;
  readonly reach: Reach;
  readonly events: EventHub;
  /** An agent has proved itself here. */
  connected(agentId: AgentId): void;
  /** Takes nothing new; agents are told. */
  leave(): void;
  close(): Promise<void>;
}

/** Opens the data of a server that is alone, or of one of a group when `nats` is given. Rejects with `storage_failed`. */
export function openBacking(
  options: Pick<ServerOptions, 'data' | 'ca' | 'nats'>,
  limits: RelayLimits,
  failed: (error: unknown) => void,
): Promise<Backing> {
  const { nats } = options;
  return nats === undefined ? openAlone(options, limits) : openGrouped(options, nats, limits, failed);
}

function caFile({ ca, data }: Pick<ServerOptions, 'data' | 'ca'>): string {
  return ca ?? join(data, 'ca.pem');
}

async function openAlone(options: Pick<ServerOptions, 'data' | 'ca'>, limits: RelayLimits): Promise<Backing> {
  const store = await openSqliteControllerStore(
    join(options.data, 'controller.db'),
    openAuthorityFile(caFile(options)),
  );
  // A CA that cannot be used is said to be so now, not to the first agent.
  await store.loadAuthority();
  const events = createEventHub();
  const lines = new AgentLines(limits.graceMs, {
    online: (agentId) => events.publish({ type: 'agent_online', agentId }),
    offline: (agentId) => events.publish({ type: 'agent_offline', agentId }),
  });
  refuseRevoked(events, lines);
  return {
    kind: 'sqlite',
    store,
    lines,
    reach: lines,
    events,
    connected: () => undefined,
    leave: () => lines.leave(),
    close: async () => store.close(),
  };
}

async function openGrouped(
  options: Pick<ServerOptions, 'data' | 'ca'>,
  url: string,
  limits: RelayLimits,
  failed: (error: unknown) => void,
): Promise<Backing> {
  const nats = await connectToNats(url);
  try {
    const store = await openNatsControllerStore(nats, openAuthorityFile(caFile(options)));
    await store.loadAuthority();
    const events = sharedEventHub(nats);
    let group: GroupReach | undefined;
    const lines = new AgentLines(limits.graceMs, {
      online: (agentId) => events.publish({ type: 'agent_online', agentId }),
      offline: (agentId) => {
        group?.disconnected(agentId);
        if (group?.isElsewhere(agentId) !== true) events.publish({ type: 'agent_offline', agentId });
      },
    });
    refuseRevoked(events, lines);
    const joined = await GroupReach.join({
      nats,
      lines,
      limits,
      server: crypto.randomUUID(),
      failed,
      reconnected: () => void refuseMissed(store, lines).catch(failed),
    });
    group = joined;
    return {
      kind: 'nats',
      store,
      lines,
      reach: joined,
      events,
      connected: (agentId) => joined.connected(agentId),
      leave: () => {
        joined.leave();
        lines.leave();
      },
      close: async () => {
        joined.close();
        await nats.drain();
      },
    };
  } catch (error) {
    await nats.close();
    throw error;
  }
}

/** Ends the connections of agents whose revocation was told while nobody here could hear it. */
async function refuseMissed(store: ControllerStore, lines: AgentLines): Promise<void> {
  for (const agentId of lines.agentIds()) {
    if ((await store.agent(agentId))?.revoked !== undefined) lines.refuse(agentId, revoked());
  }
}

function refuseRevoked(events: EventHub, lines: AgentLines): void {
  events.subscribe(({ type, agentId }) => {
    if (type === 'certificate_revoked') lines.refuse(agentId, revoked());
  });
}
