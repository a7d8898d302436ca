import { createSecretKey } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { DeliveryStore } from '../../../delivery/store.ts';
import { commit, groupId, id } from '../../testing/delivery-records.ts';
import { NatsLink } from '../link.ts';
import { Seal } from '../seal.ts';
import { hasNats, type NatsServer, startNats } from '../testing/nats-server.ts';
import { openNatsDeliveryStore } from './delivery-store.ts';
import { SealedKeys } from './sealed-keys.ts';
import { DeliveryStreams } from './streams.ts';

const members = ['agent_b', 'agent_c', 'agent_d'];

/** Ends a server before its write of this number, from 1 on: nothing that it does from then on happens. Returns whether it came so far. */
async function killedAt(write: number, work: () => Promise<unknown>): Promise<boolean> {
  let writes = 0;
  let isKilled = false;
  const reach = () => {
    writes += 1;
    isKilled ||= writes >= write;
    if (isKilled) throw new TypeError('killed');
  };
  const { publish, purge } = DeliveryStreams.prototype;
  const { change, delete: drop } = SealedKeys.prototype;
  vi.spyOn(DeliveryStreams.prototype, 'publish').mockImplementation(async function (this: DeliveryStreams, ...given) {
    reach();
    return publish.apply(this, given);
  });
  vi.spyOn(DeliveryStreams.prototype, 'purge').mockImplementation(async function (this: DeliveryStreams, ...given) {
    reach();
    return purge.apply(this, given);
  });
  vi.spyOn(SealedKeys.prototype, 'change').mockImplementation(async function (this: SealedKeys, ...given) {
    reach();
    return change.apply(this, given);
  });
  vi.spyOn(SealedKeys.prototype, 'delete').mockImplementation(async function (this: SealedKeys, ...given) {
    reach();
    return drop.apply(this, given);
  });
  await work().catch((error: unknown) => {
    if (!isKilled) throw error;
  });
  vi.restoreAllMocks();
  return isKilled;
}

describe.runIf(hasNats)('a server that is killed while it appends', () => {
  let nats: NatsServer;
  let link: NatsLink;
  let others: readonly [DeliveryStore, DeliveryStore];
  let entryIds = 1_000;
  /** Entries that came with a Welcome. */
  const entered: number[] = [];
  const prefix = 'killed';
  const open = () =>
    openNatsDeliveryStore(link, new Seal(createSecretKey(new Uint8Array(32).fill(7))), {
      prefix,
      mayChange: () => undefined,
    });
  const next = async () => (await others[0].group(groupId))?.next ?? 0;
  const append = async (store: DeliveryStore, index: number) => {
    entryIds += 1;
    return store.append(commit(index, members, id(entryIds)));
  };
  const entriesIn = async (store: DeliveryStore, agentId: string) =>
    (await store.inbox(agentId, 0, 1_000)).map(({ entry }) => entry);

  beforeAll(async () => {
    nats = await startNats('');
    link = await NatsLink.open({ urls: nats.url });
    others = [await open(), await open()];
    expect(await append(others[0], 0)).toBe(true);
    entered.push(0);
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(async () => {
    await link.connection.close();
    await nats.end();
  });

  test('at any of its writes: Welcomes and lists are there with the entry, or none of it, and nobody waits', {
    timeout: 120_000,
  }, async () => {
    const [one, two] = others;
    const there = { with: 0, without: 0 };
    let isKilled = true;
    for (let write = 1; isKilled; write += 1) {
      const index = await next();
      const killed = await open();
      isKilled = await killedAt(write, () => append(killed, index));
      const isThere = (await next()) > index;
      if (isThere) entered.push(index);
      if (isKilled) there[isThere ? 'with' : 'without'] += 1;
      // Both servers put in what is missing, at once, in whichever way they come to read an inbox.
      const read = await Promise.all([entriesIn(one, 'agent_b'), entriesIn(two, 'agent_b')]);
      expect(read).toEqual([entered, entered]);
      expect(await Promise.all([one.inboxNext('agent_c'), two.inboxNext('agent_c')])).toEqual([
        entered.length,
        entered.length,
      ]);
      expect(await two.unreadIn('agent_d', 'agent_a')).toBe(2 * entered.length);
      const last = commit(entered.at(-1) ?? 0, members);
      expect(await one.welcome('agent_c', entered.length - 1)).toEqual(last.welcome?.message);
      // What comes after it is not hidden.
      const following = await next();
      expect(await append(two, following)).toBe(true);
      entered.push(following);
      for (const agentId of members) expect(await entriesIn(one, agentId)).toEqual(entered);
    }
    expect(there.with).toBeGreaterThan(members.length);
    expect(there.without).toBeGreaterThan(members.length);
  });

  test('leaves nothing that a sweep does not find, and of a sweep that is killed another goes on', {
    timeout: 120_000,
  }, async () => {
    const { now } = Date;
    let isKilled = true;
    const late = () => vi.spyOn(Date, 'now').mockImplementation(() => now() + 600_000);
    for (let write = 1; isKilled; write += 1) {
      const killed = await open();
      isKilled = await killedAt(write, async () => {
        late();
        await killed.dropExpired(0, 0);
      });
    }
    const manager = await jetstreamManager(link.connection);
    const { state } = await manager.streams.info(`${prefix}_delivery_blobs`);
    // An entry has a message and a Welcome, and one roster is stored of the group.
    expect(state.messages).toBe(2 * entered.length + 1);
    expect(await others[1].unreadWelcomes('agent_a')).toBe(2 * entered.length);
    for (const agentId of members) expect(await entriesIn(others[1], agentId)).toEqual(entered);
  });

  test('leaves a Welcome that is never put twice into an inbox, also while it is read and dropped', {
    timeout: 120_000,
  }, async () => {
    for (let write = 1, isKilled = true; isKilled; write += 1) {
      const [one, two] = others;
      const index = await next();
      const killed = await open();
      isKilled = await killedAt(write, () => append(killed, index));
      if ((await next()) === index) continue;
      entered.push(index);
      const upTo = entered.length - 1;
      await Promise.all([
        one.readInbox('agent_b', upTo),
        two.inbox('agent_b', 0, 10),
        one.inboxNext('agent_b'),
        two.readInbox('agent_b', upTo),
      ]);
      expect(await two.inboxNext('agent_b')).toBe(entered.length);
      // Whoever came first read before it was there, or with it.
      await one.readInbox('agent_b', upTo);
      expect(await entriesIn(two, 'agent_b')).toEqual([]);
    }
  });
});
