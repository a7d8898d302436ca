import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createEventHub, type EventHub } from '../../controller/events.ts';
import { createNoticeHub } from '../../delivery/notice-hub.ts';
import { revoked } from '../../relay/server/accept.ts';
import { AgentConnections } from '../../relay/server/agent-connections.ts';
import type { RelayLimits } from '../../relay/server/limits.ts';
import { openAuthorityFile } from '../../storage/file/authority-file.ts';
import { hasCode } from '../../storage/file/error-code.ts';
import { openSqliteControllerStore } from '../../storage/sqlite/controller-store.ts';
import type { ServerOptions } from '../options/options.ts';
import type { Log } from '../telemetry/log.ts';
import { settleAuthority } from './authority.ts';
import type { Backing } from './backing.ts';
import { openGroup } from './open-group.ts';
import { Presence } from './presence.ts';

type BackingOptions = Pick<ServerOptions, 'data' | 'ca' | 'nats' | 'group' | 'newCa' | 'newDatabase'>;

/** Opens the data of a server that is alone, or of one of a group when `nats` is given. Rejects with `storage_failed`. */
export function openBacking(options: BackingOptions, limits: RelayLimits, log: Log): Promise<Backing> {
  const { nats, group } = options;
  if (nats === undefined) return openAlone(options, limits, log);
  return openGroup({ ...group, urls: nats, ca: caFile(options) }, limits, log);
}

function caFile({ ca, data }: Pick<ServerOptions, 'data' | 'ca'>): string {
  return ca ?? join(data, 'ca.pem');
}

async function openAlone(options: BackingOptions, limits: RelayLimits, log: Log): Promise<Backing> {
  const { newCa, newDatabase } = options;
  const database = join(options.data, 'controller.db');
  const ca = caFile(options);
  const authority = openAuthorityFile(ca);
  // A CA that cannot be used is said to be so now, not to the first agent.
  await settleAuthority({ database, ca, newCa, newDatabase }, authority, log);
  const store = await openSqliteControllerStore(database, authority);
  const events = createEventHub();
  const presence = new Presence(limits.graceMs, (event) => events.publish(event));
  const lines = new AgentConnections(limits.graceMs, presence);
  refuseRevoked(events, lines);
  return {
    kind: 'sqlite',
    store,
    delivery: store.delivery,
    lines,
    reach: lines,
    events,
    notices: createNoticeHub(),
    connected: () => undefined,
    ready: async () => void (await store.loadList()),
    forged: () => 0,
    storedBytes: () => bytesOf(database),
    leave: () => lines.leave(),
    close: async () => {
      presence.close();
      store.close();
    },
  };
}

/** Returns the bytes of a database, its log and the log's index. */
async function bytesOf(database: string): Promise<number> {
  const sizes = await Promise.all(
    ['', '-wal', '-shm'].map(async (suffix) => {
      try {
        return (await stat(database + suffix)).size;
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return 0;
        throw error;
      }
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function refuseRevoked(events: EventHub, lines: AgentConnections): void {
  events.subscribe(({ type, agentId }) => {
    if (type === 'certificate_revoked') lines.refuse(agentId, revoked());
  });
}
