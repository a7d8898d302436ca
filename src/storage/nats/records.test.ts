import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { describe, expect, test, vi } from 'vitest';
import { BucketWatch } from './bucket-watch.ts';
import { add, bucket, lastRevision, makeRecord, names, numbered, revoked, startingGroups } from './testing/groups.ts';
import { hasNats } from './testing/nats-server.ts';

describe.runIf(hasNats)('records that servers share', () => {
  const group = startingGroups();

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
});
