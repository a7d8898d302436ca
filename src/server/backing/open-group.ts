import { loadOrCreateAuthority } from '../../controller/authority.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { isError } from '../../protocol/realm.ts';
import { revoked } from '../../relay/server/accept.ts';
import { AgentConnections } from '../../relay/server/agent-connections.ts';
import { GroupRouter } from '../../relay/server/group/group-router.ts';
import type { RelayLimits } from '../../relay/server/limits.ts';
import { openAuthorityFile } from '../../storage/file/authority-file.ts';
import { openNatsControllerStore } from '../../storage/nats/controller-store.ts';
import { openNatsDeliveryStore } from '../../storage/nats/delivery/delivery-store.ts';
import { NatsLink, unreachable } from '../../storage/nats/link.ts';
import type { GroupOptions } from '../options/group-options.ts';
import type { Log } from '../telemetry/log.ts';
import type { Backing } from './backing.ts';
import { GroupClock } from './clock.ts';
import { ForgedRecords } from './forged.ts';
import { Presence } from './presence.ts';
import { type SharedEventHub, sharedEventHub } from './shared-events.ts';
import { sharedNoticeHub } from './shared-notices.ts';

/** What the names of streams and buckets at NATS begin with. */
const prefix = 'parley';

/** Opens one server of a group: its records, its agents and its events are shared over NATS. Rejects with `storage_failed`. */
export async function openGroup(
  options: GroupOptions & { readonly urls: string; readonly ca: string },
  limits: RelayLimits,
  log: Log,
): Promise<Backing> {
  const link = await NatsLink.open(options);
  const failed = (error: unknown) => log('error', 'group_failed', { kind: isError(error) ? error.name : typeof error });
  const forged = new ForgedRecords(log);
  const unsubscribe = link.subscribe({
    lost: () => log('error', 'nats_lost'),
    back: (outageMs) => log('info', 'nats_back', { outage_seconds: Math.round(outageMs / 100) / 10 }),
  });
  const ending: (() => void)[] = [unsubscribe];
  const end = () => {
    for (const close of ending.splice(0)) close();
  };
  try {
    let clock: GroupClock | undefined;
    let hub: SharedEventHub | undefined;
    const mayChange = () => {
      if (clock?.trouble !== undefined) throw clock.trouble;
    };
    const store = openNatsControllerStore(link, openAuthorityFile(options.ca), {
      ...options,
      prefix,
      mayChange,
      listener: {
        revoked: (agentId) => {
          if (isAgentId(agentId)) hub?.revoked(agentId);
        },
        forged: (key) => forged.found(key),
        failed,
      },
    });
    ending.push(() => store.close());
    await loadOrCreateAuthority(store, Math.floor(Date.now() / 1000), (length) =>
      crypto.getRandomValues(new Uint8Array(length)),
    );
    const seal = await store.seal();
    const delivery = await openNatsDeliveryStore(link, seal, { prefix, mayChange });
    const events = sharedEventHub(link, seal);
    hub = events;
    let group: GroupRouter | undefined;
    const presence = new Presence(limits.graceMs, (event) => {
      if (event.type !== 'agent_offline' || group?.isElsewhere(event.agentId) !== true) events.publish(event);
    });
    ending.push(() => presence.close());
    const lines = new AgentConnections(limits.graceMs, {
      online: (agentId) => presence.online(agentId),
      offline: (agentId) => {
        group?.disconnected(agentId);
        presence.offline(agentId);
      },
    });
    events.subscribe(({ type, agentId }) => {
      if (type === 'certificate_revoked') lines.refuse(agentId, revoked());
    });
    const server = crypto.randomUUID();
    const joined = await GroupRouter.join({
      link,
      seal,
      lines,
      limits,
      server,
      failed,
      forged: (id) => forged.found(`connections.${id}`),
    });
    group = joined;
    ending.push(() => joined.close());
    clock = await GroupClock.start({
      link,
      seal,
      server,
      now: () => Date.now(),
      natsTime: () => joined.natsTime(),
      changed: (trouble) =>
        trouble === undefined ? log('info', 'clock_agrees') : log('error', 'clock_differs', { detail: trouble.detail }),
      failed,
    });
    const compared = clock;
    ending.push(() => compared.close());
    return {
      kind: 'nats',
      store,
      delivery,
      lines,
      reach: joined,
      events,
      notices: sharedNoticeHub(link, seal),
      connected: (agentId) => joined.connected(agentId),
      ready: async () => {
        if (!link.isUp) throw unreachable();
        if (compared.trouble !== undefined) throw compared.trouble;
        await store.ready();
      },
      forged: () => forged.count,
      storedBytes: async () => undefined,
      leave: () => {
        joined.leave();
        lines.leave();
      },
      close: async () => {
        end();
        await (link.isUp ? link.connection.drain() : link.connection.close());
      },
    };
  } catch (error) {
    end();
    await link.connection.close();
    throw error;
  }
}
