import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { AgentRecord } from '../../controller/store.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { BucketWatch } from './bucket-watch.ts';
import type { GroupStoreOptions } from './controller-store.ts';
import { type LinkListener, NatsLink } from './link.ts';
import { freshCaFile, makeTestCa, openTestStore, type TestGroupStore } from './testing/group-store.ts';
import { hasNats, type NatsServer, startNats } from './testing/nats-server.ts';

const bucket = 'parley_controller';
const revoked = { at: 5, reason: 'keyCompromise' } as const;

function makeRecord(name: string, more: Partial<AgentRecord> = {}): AgentRecord {
  if (!isAgentId(name)) throw new RangeError(name);
  return {
    agentId: name,
    address: 'https://localhost:5001',
    signingSpki: new TextEncoder().encode(name),
    certificates: { signing: new Uint8Array(900), encryption: new Uint8Array(900) },
    issued: [{ serial: `0${name.length}`, notAfter: 1_000 }],
    ...more,
  };
}

describe.runIf(hasNats)('records that servers share', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-records-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const ending: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ending.splice(0).toReversed()) await end();
  });

  /** A NATS server, and any number of servers of a group. */
  async function group() {
    const nats: NatsServer = await startNats();
    ending.push(() => nats.end());
    const caFile = freshCaFile(folder);
    const link = async () => {
      const opened = await NatsLink.open({ urls: nats.url });
      ending.push(() => opened.connection.close());
      return opened;
    };
    const join = async (
      more: Partial<GroupStoreOptions> = {},
      listener?: LinkListener,
    ): Promise<TestGroupStore & { link: NatsLink }> => {
      const its = await link();
      if (listener !== undefined) its.subscribe(listener);
      const opened = openTestStore(its, caFile, 'parley', more);
      if ((await opened.store.loadAuthority()) === undefined) await opened.store.keepAuthority(await makeTestCa());
      ending.push(async () => opened.store.close());
      return { ...opened, link: its };
    };
    return { nats, caFile, link, join };
  }
  const names = (records: readonly AgentRecord[]) => records.map(({ agentId }) => agentId);
  const numbered = (count: number) => Array.from({ length: count }, (_, at) => `agent_${String(at).padStart(4, '0')}`);
  const add = async ({ store }: TestGroupStore, all: readonly string[]) => {
    await Promise.all(all.map((name) => store.updateAgent(name, () => makeRecord(name))));
  };
  const lastRevision = async ({ connection }: NatsLink) =>
    (await (await jetstreamManager(connection)).streams.info(`KV_${bucket}`)).state.last_seq;

  test('are listed whole, each once, while they change', async () => {
    const { join } = await group();
    const [one, two] = [await join(), await join()];
    const all = numbered(24);
    await add(one, all);
    await vi.waitFor(async () => expect(names(await two.store.agents('', 1_000))).toEqual(all), { timeout: 10_000 });
    let isOver = false;
    const changing = [one, two].map(async ({ store }, server) => {
      for (let at = 0; !isOver; at += 1) {
        const name = all[(at * 7 + server * 5) % all.length] ?? '';
        await store.updateAgent(name, () => makeRecord(name, { revoked: { ...revoked, at } }));
      }
    });
    try {
      for (let at = 0; at < 100; at += 1) {
        for (const { store } of [one, two]) expect(names(await store.agents('', 1_000))).toEqual(all);
        const number = await one.store.nextListNumber();
        expect(number).toBe(at + 1);
      }
    } finally {
      isOver = true;
      await Promise.all(changing);
    }
  });

  test('are all heard by a watch that begins while they change', { timeout: 60_000 }, async () => {
    const { link } = await group();
    const [writing, watching] = [await link(), await link()];
    const js = jetstream(writing.connection);
    await new Kvm(js).create(bucket, { history: 1 });
    const all = numbered(3_000);
    const write = (from: number, count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, at) =>
          js.publish(`$KV.${bucket}.${all[(from + at) % all.length]}`, 'x'.repeat(2_000)),
        ),
      );
    await write(0, all.length);
    let isOver = false;
    const changing = (async () => {
      for (let at = 0; !isOver; at += 500) await write(at, 500);
    })();
    try {
      for (let tries = 0; tries < 4; tries += 1) {
        const heard = new Set<string>();
        const watch = await BucketWatch.open(
          watching,
          bucket,
          { history: 1 },
          { heard: ({ key }) => heard.add(key), failed: () => undefined },
        );
        watch.close();
        expect([...heard].toSorted()).toEqual(all);
      }
    } finally {
      isOver = true;
      await changing;
    }
  });

  test('are counted for a list by a server that has heard of none of them: nothing before its number is missing', async () => {
    const { join } = await group();
    const [one, two] = [await join(), await join()];
    const all = numbered(60);
    await add(one, all);
    for (const [at, name] of all.entries()) {
      await one.store.updateAgent(name, () => makeRecord(name, { revoked }));
      await two.store.nextListNumber();
      expect(await two.store.revokedSerials(1)).toHaveLength(at + 1);
    }
  });

  test('come whole to 20 listings at once of 2,000, and to a server that starts then', {
    timeout: 60_000,
  }, async () => {
    const { join } = await group();
    const one = await join();
    const all = numbered(2_000);
    await add(one, all);
    const two = await join();
    const listings = await Promise.all(
      Array.from({ length: 20 }, async (_, at) => names(await (at % 2 === 0 ? one : two).store.agents('', 5_000))),
    );
    for (const listing of listings) expect(listing).toEqual(all);
  });

  test('come whole to a server that NATS cuts off because it reads too slowly', { timeout: 240_000 }, async () => {
    const { nats, join } = await group();
    const all = numbered(2_000);
    await add(await join(), all);
    await nats.again({ more: 'max_payload: 65536\nmax_pending: 1048576\nwrite_deadline: "100ms"' });
    let cuts = 0;
    const busy = setInterval(() => {
      // This process has something else to do, again and again, and reads nothing meanwhile.
      const until = performance.now() + 400;
      while (performance.now() < until);
    }, 450);
    const lost = () => {
      cuts += 1;
      // A load has only so long: it may go on as fast as it can after the second cut.
      if (cuts > 1) clearInterval(busy);
    };
    const listings: string[][] = [];
    try {
      // How much the system's buffers take is not certain: some servers may come to their end without a cut.
      for (let tries = 0; tries < 5 && cuts === 0; tries += 1) {
        const { store } = await join({}, { lost, back: () => undefined });
        listings.push(names(await store.agents('', 5_000)));
      }
    } finally {
      clearInterval(busy);
    }
    for (const listing of listings) expect(listing).toEqual(all);
    expect(cuts).toBeGreaterThan(0);
  });

  test('are an error while NATS is away, never a part, and whole afterwards', { timeout: 120_000 }, async () => {
    const { nats, join } = await group();
    const [one, two] = [await join(), await join()];
    const all = numbered(50);
    await add(one, all);
    await nats.kill();
    await vi.waitFor(() => expect(two.link.isUp).toBe(false), { timeout: 10_000 });
    const started = performance.now();
    const refused = await Promise.all(
      [
        two.store.agents('', 10),
        two.store.agent('agent_0001'),
        two.store.revokedSerials(1),
        two.store.nextListNumber(),
        two.store.updateAgent('agent_0001', () => makeRecord('agent_0001')),
        two.store.ready(),
      ].map((work) => work.catch((error: unknown) => error)),
    );
    for (const error of refused) expect(error).toMatchObject({ code: 'unavailable', retryAfter: 2 });
    // What NATS's client gives up by itself takes more than a minute.
    expect(performance.now() - started).toBeLessThan(30_000);
    await nats.again();
    await vi.waitFor(() => one.store.updateAgent('agent_new', () => makeRecord('agent_new', { revoked })), {
      timeout: 10_000,
    });
    await vi.waitFor(async () => expect(names(await two.store.agents('', 100))).toEqual([...all, 'agent_new']), {
      timeout: 10_000,
    });
    expect(await two.store.revokedSerials(1)).toHaveLength(1);
  });

  test('are loaded again by a server whose connection broke while others changed them', {
    timeout: 30_000,
  }, async () => {
    const { join } = await group();
    const [one, two] = [await join(), await join()];
    const all = numbered(100);
    await add(one, all);
    for (let at = 0; at < 10; at += 1) {
      const name = `agent_x${at}`;
      all.push(name);
      await Promise.all([two.link.connection.reconnect(), one.store.updateAgent(name, () => makeRecord(name))]);
      await vi.waitFor(async () => expect(names(await two.store.agents('', 1_000))).toEqual(all), { timeout: 10_000 });
    }
  });

  test('are not written when nothing changes, nor by whoever asks for what nobody registered', async () => {
    const { join } = await group();
    const one = await join();
    await add(one, ['agent_a']);
    const before = await lastRevision(one.link);
    await one.store.updateAgent('agent_a', (current) => current ?? makeRecord('agent_a'));
    for (const id of ['agent_b', 'a.b', 'agents.*', '>', ' ', 'é', 'x'.repeat(500), '..', 'agent a']) {
      expect(await one.store.agent(id)).toBeUndefined();
      expect(await one.store.takeRegistration(id)).toBeUndefined();
      expect(await one.store.certificate(id)).toBeUndefined();
    }
    expect(await lastRevision(one.link)).toBe(before);
  });

  test('that were revoked and never listed are no list: the next who asks signs one, and all are told then', async () => {
    const { join } = await group();
    const [one, two] = [await join(), await join()];
    const list = (number: number) => ({ number, der: Uint8Array.of(number), thisUpdate: 1, nextUpdate: 2 });
    await add(one, ['agent_a']);
    await one.store.keepList(list(await one.store.nextListNumber()));
    await vi.waitFor(async () => expect(await two.store.loadList()).toEqual(list(1)), { timeout: 10_000 });
    // The server that revokes is stopped before it has signed.
    await one.store.updateAgent('agent_a', () => makeRecord('agent_a', { revoked }));
    await vi.waitFor(async () => expect(await two.store.loadList()).toBeUndefined(), { timeout: 10_000 });
    expect(two.told.revoked).toEqual([]);
    await two.store.keepList(list(await two.store.nextListNumber()));
    expect(await two.store.loadList()).toEqual(list(2));
    await vi.waitFor(() => expect([one.told.revoked, two.told.revoked]).toEqual([['agent_a'], ['agent_a']]), {
      timeout: 10_000,
    });
    const three = await join();
    expect(three.told.revoked).toEqual([]);
  });

  describe('and that somebody else writes at NATS', () => {
    async function attacked() {
      const its = await group();
      const [one, two] = [await its.join(), await its.join()];
      await add(one, ['agent_a', 'agent_b']);
      const attacker = await its.link();
      const kv = await new Kvm(jetstream(attacker.connection)).open(bucket);
      return { ...its, one, two, kv, attacker };
    }
    const statusOf = async ({ store }: TestGroupStore, name: string) => (await store.agent(name))?.revoked?.reason;

    test('are skipped, counted and put right, and hold nothing else up', async () => {
      const { one, two, kv, join } = await attacked();
      const forged = JSON.stringify({ ...makeRecord('agent_a'), address: 'https://attacker.example' });
      await kv.put('agents.agent_a', forged);
      await kv.put('agents.agent_c', forged);
      await kv.put('list.number', 'one hundred');
      await kv.put('list.newest', '{');
      await kv.put('nonsense', new Uint8Array(40));
      await vi.waitFor(() => expect(two.told.forged.length).toBeGreaterThanOrEqual(5), { timeout: 10_000 });
      expect((await two.store.agent('agent_a'))?.address).toBe('https://localhost:5001');
      expect(names(await one.store.agents('', 10))).toEqual(['agent_a', 'agent_b']);
      await one.store.updateAgent('agent_b', () => makeRecord('agent_b', { revoked }));
      expect(await one.store.loadList()).toBeUndefined();
      const number = await one.store.nextListNumber();
      expect(number).toBeGreaterThan(1_000_000_000);
      expect(await two.store.nextListNumber()).toBe(number + 1);
      await vi.waitFor(
        async () => {
          const three = await join();
          expect((await three.store.agent('agent_a'))?.address).toBe('https://localhost:5001');
        },
        { timeout: 10_000, interval: 500 },
      );
      expect(names(await two.store.agents('', 10))).toEqual(['agent_a', 'agent_b']);
    });

    test.each([
      [
        'written again',
        async (kv: Awaited<ReturnType<Kvm['open']>>, old: Uint8Array) => void (await kv.put('agents.agent_a', old)),
      ],
      ['deleted', (kv: Awaited<ReturnType<Kvm['open']>>) => kv.delete('agents.agent_a')],
      ['purged', (kv: Awaited<ReturnType<Kvm['open']>>) => kv.purge('agents.agent_a')],
    ])('keep their revocation when the record is %s', async (_, attack) => {
      const { one, two, kv, join } = await attacked();
      const before = (await kv.get('agents.agent_a'))?.value ?? new Uint8Array(0);
      await one.store.updateAgent('agent_a', () => makeRecord('agent_a', { revoked }));
      await attack(kv, before);
      await vi.waitFor(() => expect(two.told.forged).toContain('agents.agent_a'), { timeout: 10_000 });
      for (const server of [one, two]) expect(await statusOf(server, 'agent_a')).toBe('keyCompromise');
      await vi.waitFor(async () => expect(await statusOf(await join(), 'agent_a')).toBe('keyCompromise'), {
        timeout: 10_000,
        interval: 500,
      });
    });

    test.each([
      ['overwritten', (kv: Awaited<ReturnType<Kvm['open']>>) => kv.put('authority', '00')],
      ['deleted', (kv: Awaited<ReturnType<Kvm['open']>>) => kv.delete('authority')],
      ['purged', (kv: Awaited<ReturnType<Kvm['open']>>) => kv.purge('authority')],
    ])('are those of the group also when the record that begins it is %s while no server runs', async (_, attack) => {
      const { one, two, kv, join } = await attacked();
      await one.store.updateAgent('agent_a', () => makeRecord('agent_a', { revoked }));
      one.store.close();
      two.store.close();
      await attack(kv);
      const three = await join();
      expect(await statusOf(three, 'agent_a')).toBe('keyCompromise');
      expect(names(await (await join()).store.agents('', 10))).toEqual(['agent_a', 'agent_b']);
    });

    test('do not become another agent’s', async () => {
      const { one, kv } = await attacked();
      const its = (await kv.get('agents.agent_a'))?.value ?? new Uint8Array(0);
      await kv.put('agents.agent_d', its);
      await vi.waitFor(() => expect(one.told.forged).toContain('agents.agent_d'), { timeout: 10_000 });
      await expect(one.store.agent('agent_d')).rejects.toMatchObject({ code: 'storage_failed' });
      expect(names(await one.store.agents('', 10))).toEqual(['agent_a', 'agent_b']);
    });
  });

  describe('and that NATS has lost', () => {
    test('are not begun anew by a server that has their CA, unless its operator says so', {
      timeout: 30_000,
    }, async () => {
      const { nats, join } = await group();
      await join();
      await nats.again({ isEmpty: true });
      await expect(join()).rejects.toThrow(/--new-group/);
      const begun = await join({ newGroup: true });
      expect(await begun.store.agents('', 10)).toEqual([]);
      await join();
    });

    test('are missed by a server that runs: it is not ready, and does not begin anew', {
      timeout: 30_000,
    }, async () => {
      const { nats, join } = await group();
      const one = await join();
      await add(one, ['agent_a']);
      await nats.again({ isEmpty: true });
      await vi.waitFor(() => expect(one.store.ready()).rejects.toThrow(/lost the records/), { timeout: 10_000 });
      await expect(one.store.agents('', 10)).rejects.toThrow(/lost the records/);
      await expect(one.store.nextListNumber()).rejects.toThrow(/lost the records/);
    });

    test('are missed when the bucket alone is deleted', async () => {
      const { join } = await group();
      const one = await join();
      await (await jetstreamManager(one.link.connection)).streams.delete(`KV_${bucket}`);
      await expect(one.store.ready()).rejects.toThrow(/lost the records/);
    });
  });
});
