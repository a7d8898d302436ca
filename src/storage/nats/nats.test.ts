import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isAgentId } from '../../protocol/ids.ts';
import { openAuthorityFile } from '../file/authority-file.ts';
import { controllerStoreContract } from '../testing/controller-store-contract.ts';
import { operatorRecordsContract } from '../testing/operator-records-contract.ts';
import { type Claim, openConnections } from './connections.ts';
import { NatsLink } from './link.ts';
import { Seal } from './seal.ts';
import { makeTestCa, openTestStore } from './testing/group-store.ts';
import { hasNats, type NatsServer, startNats } from './testing/nats-server.ts';

describe.runIf(hasNats)('over NATS', () => {
  let folder = '';
  let nats: NatsServer;
  let link: NatsLink;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-nats-test-'));
    nats = await startNats();
    link = await NatsLink.open({ urls: nats.url });
  });
  afterAll(async () => {
    await link.connection.close();
    await nats.end();
    await rm(folder, { recursive: true });
  });

  const open = (name: string, ca = name) => openTestStore(link, join(folder, `${ca}.pem`), name).store;

  describe('a Controller’s store', () => {
    controllerStoreContract(async (name) => open(name));
    let count = 0;
    operatorRecordsContract(async () => {
      const store = open(`operator-${++count}`);
      await store.keepAuthority(await makeTestCa());
      return store;
    });
  });

  test('a token that one server changes is changed for the other at once, and when an agent was seen is known to both', async () => {
    const stores = [open('tokens'), open('tokens')] as const;
    for (const store of stores) await store.keepAuthority(await makeTestCa());
    const [one, other] = stores;
    const made = { id: '01', name: 'workshop', hash: 'ab', madeAt: 1, used: 0, usedBy: [] };
    for (let times = 1; times <= 5; times += 1) {
      await one.changeTokens(() => [{ ...made, used: times }]);
      expect(await other.tokens()).toEqual([{ ...made, used: times }]);
    }
    await one.noteSeen(['helper_agent_001'], 7);
    expect(await other.lastSeen(['helper_agent_001', 'nobody'])).toEqual(new Map([['helper_agent_001', 7]]));
  });

  test('when many agents were seen is written and read in parts, so that nothing else waits for all of them', async () => {
    const store = open('many-seen');
    await store.keepAuthority(await makeTestCa());
    const names = Array.from({ length: 1_000 }, (_, at) => `agent_${String(at).padStart(4, '0')}`);
    const underWay = { now: 0, most: 0 };
    const calling = link.whileUp.bind(link);
    const spied = vi.spyOn(link, 'whileUp').mockImplementation(async (work) => {
      underWay.now += 1;
      underWay.most = Math.max(underWay.most, underWay.now);
      try {
        return await calling(work);
      } finally {
        underWay.now -= 1;
      }
    });
    try {
      await store.noteSeen(names, 7);
      expect(await store.lastSeen(names)).toEqual(new Map(names.map((name) => [name, 7])));
    } finally {
      spied.mockRestore();
    }
    expect(underWay.most).toBeLessThanOrEqual(100);
  });

  test('two servers get no number twice', async () => {
    const stores = [open('shared'), open('shared')];
    for (const store of stores) await store.keepAuthority(await makeTestCa());
    const numbers = await Promise.all([...stores, ...stores, ...stores].map((store) => store.nextListNumber()));
    expect(numbers.toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('a server with another CA than its group, or with none, does not start', async () => {
    const first = open('pinned', 'first-ca');
    const kept = await first.keepAuthority(await makeTestCa());
    const second = open('pinned', 'second-ca');
    await expect(second.loadAuthority()).rejects.toThrow(/Copy the CA file/);
    await expect(second.keepAuthority(await makeTestCa())).rejects.toThrow(/its group have different CAs/);
    const same = open('pinned', 'first-ca');
    expect((await same.loadAuthority())?.certificate).toEqual(kept.certificate);
  });

  test('every server hears of every claim in one order, and only the newest can be taken back', async () => {
    const agentId = 'helper_agent_001';
    if (!isAgentId(agentId)) throw new TypeError(agentId);
    const file = openAuthorityFile(join(folder, 'claims.pem'));
    await file.keepAuthority(await makeTestCa());
    const key = await file.groupKey();
    if (key === undefined) throw new TypeError('no key');
    const heard: Record<'one' | 'two', (Claim | undefined)[]> = { one: [], two: [] };
    const forged: string[] = [];
    const openOne = (server: 'one' | 'two') =>
      openConnections(
        link,
        new Seal(key),
        server,
        {
          changed: (_, claim) => heard[server].push(claim),
          whole: () => undefined,
          forged: (id) => forged.push(id),
          failed: (error) => expect.fail(String(error)),
        },
        'order',
      );
    const [one, two] = [await openOne('one'), await openOne('two')];
    const numbers = await Promise.all([one.claim(agentId), two.claim(agentId), one.claim(agentId), two.claim(agentId)]);
    expect(numbers.toSorted()).toEqual([1, 2, 3, 4]);
    await vi.waitFor(() => expect(heard.one.at(-1)?.number).toBe(4), { timeout: 10_000 });
    await one.release(agentId, 1);
    await two.release(agentId, 4);
    await vi.waitFor(
      () => {
        expect(heard.one).toHaveLength(5);
        expect(heard.two).toEqual(heard.one);
      },
      { timeout: 10_000 },
    );
    expect(heard.one.at(-1)).toBeUndefined();
    expect(forged).toEqual([]);
    one.close();
    two.close();
  });
});
