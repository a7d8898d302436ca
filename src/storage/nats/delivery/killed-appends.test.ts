import { createSecretKey } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Append, DeliveryStore } from '../../../delivery/store.ts';
import { commit, groupId, id } from '../../testing/delivery-records.ts';
import { NatsLink } from '../link.ts';
import { Seal } from '../seal.ts';
import { hasNats, type NatsServer, startNats } from '../testing/nats-server.ts';
import { Blobs } from './blobs.ts';
import { openNatsDeliveryStore } from './delivery-store.ts';
import { GroupLogs } from './group-logs.ts';
import { Inboxes } from './inboxes.ts';

describe.runIf(hasNats)('a server that is killed while it appends', () => {
  let nats: NatsServer;
  let link: NatsLink;
  let store: DeliveryStore;
  let entries = 1_000;
  let waiting = 1;
  const prefix = 'killed';
  const open = () =>
    openNatsDeliveryStore(link, new Seal(createSecretKey(new Uint8Array(32).fill(7))), {
      prefix,
      mayChange: () => undefined,
    });

  beforeAll(async () => {
    nats = await startNats('');
    link = await NatsLink.open({ urls: nats.url });
    store = await open();
    expect(await store.append(first())).toBe(true);
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(async () => {
    await link.connection.close();
    await nats.end();
  });

  /** The first entry of the group, with a Welcome. */
  function first(): Append {
    return commit(0, ['agent_b']);
  }

  async function blobs(): Promise<number> {
    const manager = await jetstreamManager(link.connection);
    const { state } = await manager.streams.info(`${prefix}_delivery_blobs`);
    return state.messages;
  }

  test.each([
    ['before anything is stored', () => vi.spyOn(Blobs.prototype, 'store').mockRejectedValue(new TypeError('killed'))],
    [
      'after all is stored, before the inboxes',
      () => vi.spyOn(Inboxes.prototype, 'add').mockRejectedValue(new TypeError('killed')),
    ],
    ['before the entry', () => vi.spyOn(GroupLogs.prototype, 'append').mockRejectedValue(new TypeError('killed'))],
    [
      'after the entry, before what it replaces is dropped',
      () => vi.spyOn(Blobs.prototype, 'drop').mockRejectedValue(new TypeError('killed')),
    ],
  ])('%s leaves nothing that a sweep does not find', async (_, kill) => {
    const before = await blobs();
    const next = (await store.group(groupId))?.next ?? 0;
    kill();
    await expect(store.append(commit(next, ['agent_b'], id(++entries)))).rejects.toThrow();
    vi.restoreAllMocks();
    const again = await open();
    // What was begun a moment ago may still come.
    await again.dropExpired(0, 0);
    const { now } = Date;
    vi.spyOn(Date, 'now').mockImplementation(() => now() + 600_000);
    await again.dropExpired(0, 0);
    const isThere = ((await again.group(groupId))?.next ?? 0) > next;
    // An entry has a message and a Welcome, and one roster is stored of the group.
    expect(await blobs()).toBe(isThere ? before + 2 : before);
    if (isThere) waiting += 1;
    expect(await again.inbox('agent_b', 0, 10)).toHaveLength(waiting);
    expect(await again.unreadWelcomes('agent_a')).toBe(2 * waiting);
  });
});
